package strategies

import (
	"context"
	"fmt"
	"sync/atomic"
)

// With returns the strategy that makes the schedule's requests with the client, named schedule+client.
func (s Schedule) With(c Client) Strategy {
	return pair{name: s.Name + "+" + c.Name, doc: s.Doc + "; over " + c.Name, schedule: s, client: c}
}

// As returns the same strategy under a name and a description of its own.
func (s Schedule) As(name, doc string, c Client) Strategy {
	return pair{name: name, doc: doc, schedule: s, client: c}
}

// pair is the strategy made of a schedule and a client.
type pair struct {
	name, doc string
	schedule  Schedule
	client    Client
}

func (p pair) Name() string { return p.name }
func (p pair) Doc() string  { return p.doc }

func (p pair) Limit(limit int) int {
	if p.schedule.Most > 0 {
		return min(limit, p.schedule.Most)
	}
	return limit
}

func (p pair) Open(_ context.Context, target Target, maxLimit int) (Session, error) {
	if maxLimit < 1 {
		return nil, fmt.Errorf("%s: open: limit %d: want at least 1", p.name, maxLimit)
	}
	target = target.ready()
	return &pairSession{
		pair:     p,
		target:   target,
		maxLimit: p.Limit(maxLimit),
		network:  NewNetwork(target),
	}, nil
}

// pairSession has one stack, for maxLimit connections, unless the schedule leaves the limit to the client: then every
// limit needs a stack of its own.
type pairSession struct {
	pair
	target      Target
	maxLimit    int
	network     *Network
	stack       Stack        // nil before the first Run
	connections int          // that the stack may open to a host
	settled     atomic.Int64 // see [Lane.Settle]
}

func (s *pairSession) Run(ctx context.Context, limit int, work Work) error {
	limit = s.Limit(limit)
	if limit < 1 || limit > s.maxLimit {
		return fmt.Errorf("%s: run: limit %d: want 1 to %d, the most that the session was opened for", s.name, limit, s.maxLimit)
	}
	s.prepare(limit)
	s.network.begin()
	s.settled.Store(0)
	s.schedule.Run(ctx, limit, func() *Lane {
		return &Lane{worker: work.Worker(), caller: s.stack.Caller(), settled: &s.settled}
	})
	return nil
}

// prepare opens the stack that the limit needs, if it is not the one that is open.
func (s *pairSession) prepare(limit int) {
	connections := s.maxLimit
	if s.schedule.Leaves {
		connections = limit
	}
	if s.stack != nil && s.connections == connections {
		return
	}
	_ = s.Close()
	s.stack, s.connections = s.client.Open(s.target, s.network, connections), connections
}

func (s *pairSession) Usage() Usage {
	used := s.network.usage()
	used.Limit = int(s.settled.Load())
	return used
}

func (s *pairSession) Close() error {
	if s.stack != nil {
		s.stack.Close()
		s.stack = nil
	}
	return nil
}
