package server

import (
	"errors"

	"sweetspot/server/capacity"
)

// Truth returns the exact goodput, in completions per second, at every limit from 1 to maxLimit, which must be at least 1.
// It is that of [capacity.Closed] with the mean delay, Delay + Jitter/2. Below the best limit a client measures a little
// less, because the network and the client add to the delay.
//
// A server that warms up has the truth of the warm server, and one that can be scarred that of [capacity.ClosedScarred]: of the
// server before the harm at limits that do none, and of the scarred server at all others. A bucket's burst is no part of the
// truth, which is what lasts.
//
// It returns an error for a Config with failures, and for one without capacity and delay, which has no best limit.
func (c Config) Truth(maxLimit int) (capacity.Truth, error) {
	if !c.Fail.none() {
		return nil, errors.New("fail: the exact throughput is not known with failures: leave them out")
	}
	if !c.limited() && c.Delay+c.Jitter == 0 {
		return nil, errors.New("capacity: a server that answers at once has no best limit: give it a capacity, a delay or a profile")
	}
	model := c.Capacity
	if model == nil {
		model = capacity.None{}
	}
	return capacity.ClosedScarred(model, c.Scar, maxLimit, c.Delay+c.Jitter/2), nil
}

// limited reports whether the capacity limits the throughput.
func (c Config) limited() bool {
	_, none := c.Capacity.(capacity.None)
	return c.Capacity != nil && !none
}
