// Package channel is a strategy for sweetspot in a module of its own: a goroutine per request, and a buffered channel that
// admits them, as many Go programs have it.
package channel

import (
	"context"

	"sweetspot/strategies"
)

// Schedule starts a goroutine for each request once there is room in the channel.
var Schedule = strategies.Schedule{
	Name: "channel",
	Doc:  "a goroutine per request, admitted by a buffered channel: the semaphore that needs no package",
	Run: func(ctx context.Context, limit int, open func() *strategies.Lane) {
		slots := make(chan struct{}, limit)
		acquire := func() bool {
			select {
			case slots <- struct{}{}:
				return true
			case <-ctx.Done():
				return false
			}
		}
		strategies.GoroutinePerRequest(ctx, open, acquire, func() { <-slots })
	},
}

// Strategy is the schedule over net/http.
var Strategy = Schedule.With(strategies.NetHTTP)
