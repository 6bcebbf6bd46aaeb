package strategies

import (
	"context"
	"fmt"
	"net"
	"sync"
	"sync/atomic"

	"sweetspot/strategies/network"
)

// With returns the strategy that makes the schedule's requests with the client. Its name is the schedule's name, a plus sign
// and the client's name.
func (s Schedule) With(c Client) Strategy {
	return pair{name: s.Name + "+" + c.Name, doc: s.Doc + "; over " + c.Name, schedule: s, client: c}
}

// As is With under another name and description.
func (s Schedule) As(name, doc string, c Client) Strategy {
	return pair{name: name, doc: doc, schedule: s, client: c}
}

// pair is the strategy made of a schedule and a client.
type pair struct {
	name, doc string
	schedule  Schedule
	client    Client
}

func (p pair) Name() string   { return p.name }
func (p pair) Doc() string    { return p.doc }
func (p pair) Traits() Traits { return p.client.Traits }

// Protocol returns that of the client.
func (p pair) Protocol() Protocol { return p.client.Protocol }

// SetsNoLimit says that of the schedule.
func (p pair) SetsNoLimit() bool { return p.schedule.NoLimit }

func (p pair) Limit(limit int) int {
	if p.schedule.MaxInFlight > 0 {
		return min(limit, p.schedule.MaxInFlight)
	}
	return limit
}

func (p pair) Open(_ context.Context, target Target, maxLimit int) (Session, error) {
	if maxLimit < 1 {
		return nil, fmt.Errorf("%s: open: limit %d: want at least 1", p.name, maxLimit)
	}
	if err := target.Refuse(p.client.Traits.CannotKeep); err != nil {
		return nil, fmt.Errorf("%s: open: %w", p.name, err)
	}
	target = target.InProcess()
	closed, end := context.WithCancel(context.Background())
	return &pairSession{
		pair:     p,
		closed:   closed,
		close:    end,
		target:   target,
		maxLimit: p.Limit(maxLimit),
		network:  target.Network(p.client.Protocol),
		run:      p.schedule.begin(),
	}, nil
}

// pairSession has one stack for maxLimit requests in flight.
type pairSession struct {
	pair
	target   Target
	maxLimit int
	network  *network.Network
	run      func(ctx context.Context, limit int, open func() *Lane)
	chosen   chosen             // by the schedule
	followed atomic.Int64       // redirects of the latest Run
	closed   context.Context    // ends with Close
	close    context.CancelFunc // ends closed

	mu    sync.Mutex
	stack Stack // nil before the first Run
}

func (s *pairSession) Run(ctx context.Context, limit int, work Work) error {
	limit = s.Limit(limit)
	if limit < 1 || limit > s.maxLimit {
		return fmt.Errorf("%s: run: limit %d: want 1 to %d, the most that the session was opened for", s.name, limit, s.maxLimit)
	}
	if s.closed.Err() != nil {
		return fmt.Errorf("%s: run: the session was closed: %w", s.name, net.ErrClosed)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.closed, cancel)()
	stack := s.prepare()
	s.network.BeginRun()
	s.chosen.limit.Store(0)
	s.followed.Store(0)
	s.run(ctx, limit, func() *Lane {
		return &Lane{closed: s.closed, worker: work.Worker(), caller: s.target.following(stack.Caller(), &s.followed), session: &s.chosen}
	})
	return nil
}

// prepare returns the stack, and opens it unless it is open already.
func (s *pairSession) prepare() Stack {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stack == nil {
		s.stack = s.client.Open(s.target, s.network, s.maxLimit)
	}
	return s.stack
}

func (s *pairSession) Usage() Usage {
	used := NetworkUsage(s.network)
	used.Limit, used.Settling = int(s.chosen.limit.Load()), s.chosen.settling.Load()
	used.Redirects = s.followed.Load()
	return used
}

func (s *pairSession) Close() error {
	s.close() // first, so that Run starts no request that can only fail
	s.network.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stack != nil {
		s.stack.Close()
	}
	return nil
}
