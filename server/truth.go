package server

import (
	"errors"

	"sweetspot/server/capacity"
)

// Truth returns the exact goodput at every limit from 1 to most, by [capacity.Closed]. What a client measures is a little
// less where it is short of requests, because the network and the client add to the delay.
//
// There is none for a server that answers at once, nor for one that is to fail.
func (c Config) Truth(most int) (capacity.Truth, error) {
	if !c.Fail.none() {
		return nil, errors.New("fail: with failures the truth is not known: leave them out")
	}
	if !c.limited() && c.Delay+c.Jitter == 0 {
		return nil, errors.New("capacity: a server that answers at once has no best limit: give it a capacity, a delay or a profile")
	}
	model := c.Capacity
	if model == nil {
		model = capacity.None{}
	}
	return capacity.Closed(model, most, c.Delay+c.Jitter/2), nil
}

// limited tells whether there is a capacity.
func (c Config) limited() bool {
	_, none := c.Capacity.(capacity.None)
	return c.Capacity != nil && !none
}
