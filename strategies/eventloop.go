package strategies

import (
	"context"
	"fmt"
)

func init() { Register(eventLoop{}) }

// eventLoop is the strategy without a goroutine a request: a few loops, each of which has many requests in flight over
// sockets that never block it. The loops are written for epoll rather than for a portable library because three things
// that decide its speed are then in one hand: one read buffer for all connections, timeouts that cost no timer, and
// system calls that the scheduler need not know of.
type eventLoop struct{}

func (eventLoop) Name() string { return "eventloop" }
func (eventLoop) Doc() string {
	return "event loops over non-blocking sockets, no goroutine a request: the fastest over http; https takes the way of fasthttp; Linux only"
}
func (eventLoop) Limit(limit int) int { return limit }

func (e eventLoop) Open(_ context.Context, target Target, maxLimit int) (Session, error) {
	if maxLimit < 1 {
		return nil, fmt.Errorf("%s: open: limit %d: want at least 1", e.Name(), maxLimit)
	}
	session, err := openLoops(target.ready(), maxLimit)
	if err != nil {
		return nil, fmt.Errorf("%s: open: %w", e.Name(), err)
	}
	return session, nil
}
