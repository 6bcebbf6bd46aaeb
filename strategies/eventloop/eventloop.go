// Package eventloop has the strategies without a goroutine per request: a few loops, each of which has many requests in flight
// over non-blocking sockets.
//
// Importing the package registers the strategies "eventloop", over HTTP/1.1, and "eventloop-http2". They run on Linux only: the loops are written for epoll rather
// than for a portable library, because they then control the three things that decide their speed: one read buffer for all
// connections, timeouts without the runtime's timers, and system calls without the bookkeeping of Go's scheduler.
//
// To read the code, start with loop.run, which waits for events and starts requests. A poller reports which sockets are ready, and a
// speaker is what speaks a protocol on one. A conn speaks HTTP/1.1, and is a connection with the request that it carries; package
// http1 parses the responses. A mux speaks HTTP/2, and carries many requests, each of which is a stream; package http2 is the state
// machine of such a connection. What both kinds of requests have in common is an exchange. A dialling makes a connection. What must be negotiated on it first, such as TLS, a goroutine does; from
// then on a network.Socket with TLS is like any other.
package eventloop

import (
	"context"
	"fmt"

	"sweetspot/strategies"
)

func init() {
	strategies.Register(strategy{
		name: "eventloop", protocol: strategies.HTTP1,
		doc: "event loops over non-blocking sockets, no goroutine per request: the fastest, over http and https; Linux only",
	})
	strategies.Register(strategy{
		name: "eventloop-http2", protocol: strategies.HTTP2,
		doc: "the event loops over HTTP/2, many requests at a time on a connection: the fastest where a server speaks it; Linux only",
	})
}

type strategy struct {
	name, doc string
	protocol  strategies.Protocol
}

func (s strategy) Name() string                  { return s.name }
func (s strategy) Doc() string                   { return s.doc }
func (s strategy) Protocol() strategies.Protocol { return s.protocol }
func (strategy) Limit(limit int) int             { return limit }

func (s strategy) Open(_ context.Context, target strategies.Target, maxLimit int) (strategies.Session, error) {
	if maxLimit < 1 {
		return nil, fmt.Errorf("%s: open: limit %d: want at least 1", s.Name(), maxLimit)
	}
	session, err := openSession(s, target.InProcess(), maxLimit)
	if err != nil {
		return nil, fmt.Errorf("%s: open: %w", s.Name(), err)
	}
	return session, nil
}
