package eventloop

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"sweetspot/strategies"
	"sweetspot/strategies/network"
)

// session is a session of event loops. Each loop has its own connections and its share of every limit.
type session struct {
	name     string // of the strategy
	shared   *shared
	maxLimit int
	loops    []*loop

	mu      sync.Mutex
	running bool // a Run is in progress
}

// shared is what the loops of a session have in common.
type shared struct {
	target     strategies.Target
	network    *network.Network
	cookies    *strategies.Cookies
	tls        *tls.Config  // for https
	keepBelow  int          // the status from which on no body is kept; 0 if none is
	followed   atomic.Int64 // redirects of the latest Run
	closed     atomic.Bool  // the session is closed: every loop ends its requests
	toHandle   chan func()  // calls of Target.Examine, during a Run
	clockStart time.Time    // the time at which the loops' clocks show 0

	protocol strategies.Protocol
}

func openSession(of strategy, target strategies.Target, maxLimit int) (strategies.Session, error) {
	n := target.Network(of.protocol)
	s := &session{
		shared: &shared{
			target:     target,
			network:    n,
			cookies:    strategies.NewCookies(),
			protocol:   of.protocol,
			tls:        target.TLS(of.protocol),
			keepBelow:  target.KeepBelow(),
			clockStart: time.Now(),
		},
		name:     of.name,
		maxLimit: maxLimit,
	}
	loops := min(runtime.GOMAXPROCS(0), maxLimit)
	for i := range loops {
		most := share(maxLimit, i, loops)
		if of.protocol.Multiplexes() {
			most = maxLimit // where one connection is enough, one loop has it
		}
		l, err := openLoop(s.shared, most)
		if err != nil {
			return nil, errors.Join(err, s.Close())
		}
		s.loops = append(s.loops, l)
	}
	return s, nil
}

// Run implements [strategies.Session].
func (s *session) Run(ctx context.Context, limit int, work strategies.Work) error {
	if limit < 1 || limit > s.maxLimit {
		return fmt.Errorf("%s: run: limit %d: want 1 to %d, the most that the session was opened for", s.name, limit, s.maxLimit)
	}
	if !s.begin() {
		return fmt.Errorf("%s: run: the session was closed: %w", s.name, net.ErrClosed)
	}
	err := s.runLoops(ctx, limit, work)
	return errors.Join(err, s.end())
}

// begin notes that a Run begins. It returns false if the session is closed.
func (s *session) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = !s.shared.closed.Load()
	return s.running
}

// end notes that the Run has ended. If the session was closed meanwhile, end frees what the Run still needed.
func (s *session) end() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = false
	if s.shared.closed.Load() {
		return s.free()
	}
	return nil
}

func (s *session) runLoops(ctx context.Context, limit int, work strategies.Work) error {
	s.shared.network.BeginRun()
	s.shared.followed.Store(0)
	defer s.startHandlers(limit)()
	var (
		running sync.WaitGroup
		errs    = make([]error, len(s.loops))
	)
	parts := s.parts(limit)
	for i, part := range parts {
		l := s.loops[i]
		l.poller.alone = len(parts) < runtime.GOMAXPROCS(0)
		running.Go(func() { errs[i] = l.run(ctx, part, work.Worker()) })
	}
	running.Wait()
	return errors.Join(errs...)
}

// parts returns the parts of a limit that the first loops have, one each: the requests of their shares of the connections.
func (s *session) parts(limit int) []int {
	n := s.shared.protocol.Connections(limit, mostStreams(s.shared.target.Streams, s.shared.network.Usage().Streams))
	parts := make([]int, min(n, len(s.loops)))
	for i := range n {
		parts[i%len(parts)] += share(limit, i, n)
	}
	return parts
}

// share returns the part of a limit that belongs to one of n. The parts differ by one at most, and add up to the limit.
func share(limit, i, n int) int { return (limit + n - 1 - i) / n }

// startHandlers starts the goroutines that judge bodies, one per core, so that decoding one response does not delay
// the others of its loop. The function it returns ends them.
func (s *session) startHandlers(limit int) (stop func()) {
	if s.shared.keepBelow == 0 {
		return func() {}
	}
	responses := make(chan func(), limit) // so that a loop never blocks when it sends
	s.shared.toHandle = responses
	var handlers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		handlers.Go(func() {
			for handle := range responses {
				handle()
			}
		})
	}
	return func() {
		close(responses)
		handlers.Wait()
	}
}

// Usage implements [strategies.Session].
func (s *session) Usage() strategies.Usage {
	used := strategies.NetworkUsage(s.shared.network)
	used.Redirects = s.shared.followed.Load()
	return used
}

// Close implements [strategies.Session]. If a Run is in progress, it wakes the loops, which end their requests, and the Run
// frees the rest.
func (s *session) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shared.closed.Swap(true) {
		return nil
	}
	s.shared.network.Close() // ends the connections in the making
	if !s.running {
		return s.free()
	}
	for _, l := range s.loops {
		l.poller.wake()
	}
	return nil
}

// free closes the connections and the loops.
func (s *session) free() error {
	var errs []error
	for _, l := range s.loops {
		errs = append(errs, l.close())
	}
	return errors.Join(errs...)
}
