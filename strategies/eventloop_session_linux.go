package strategies

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
)

// loopSession is a session of event loops. Each has connections of its own, and its share of every limit.
type loopSession struct {
	common   *loopCommon
	maxLimit int
	loops    []*loop
}

// loopCommon is what the loops of a session share.
type loopCommon struct {
	target  Target
	network *Network
	cookies *cookies
	secure  Stack      // for https
	handle  chan *conn // responses for Target.Handle, while a Run is under way
}

func openLoops(target Target, maxLimit int) (Session, error) {
	network := NewNetwork(target)
	s := &loopSession{
		common: &loopCommon{
			target:  target,
			network: network,
			cookies: newCookies(),
			secure:  openFastHTTP(target, network, maxLimit),
		},
		maxLimit: maxLimit,
	}
	loops := min(runtime.GOMAXPROCS(0), maxLimit)
	for i := range loops {
		l, err := openLoop(s.common, share(maxLimit, i, loops))
		if err != nil {
			return nil, errors.Join(err, s.Close())
		}
		s.loops = append(s.loops, l)
	}
	return s, nil
}

func (s *loopSession) Run(ctx context.Context, limit int, work Work) error {
	if limit < 1 || limit > s.maxLimit {
		return fmt.Errorf("eventloop: run: limit %d: want 1 to %d, the most that the session was opened for", limit, s.maxLimit)
	}
	s.common.network.begin()
	defer s.startHandlers(limit)()
	var (
		running sync.WaitGroup
		errs    = make([]error, len(s.loops))
	)
	for i, l := range s.loops {
		if room := share(limit, i, len(s.loops)); room > 0 {
			running.Go(func() { errs[i] = l.run(ctx, room, work.Worker()) })
		}
	}
	running.Wait()
	return errors.Join(errs...)
}

// share returns the i-th of so many loops' share of a limit. The shares differ by one at most, and add up to the limit.
func share(limit, i, loops int) int { return (limit + loops - 1 - i) / loops }

// startHandlers starts the goroutines that call Target.Handle, one a core, so that decoding keeps no response waiting
// that has nothing to do with it. It returns what ends them.
func (s *loopSession) startHandlers(limit int) (stop func()) {
	if s.common.target.Handle == nil {
		return func() {}
	}
	jobs := make(chan *conn, limit) // so that a loop never blocks on it
	s.common.handle = jobs
	var handlers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		handlers.Go(func() {
			for c := range jobs {
				c.handle()
			}
		})
	}
	return func() {
		close(jobs)
		handlers.Wait()
	}
}

func (s *loopSession) Usage() Usage { return s.common.network.usage() }

func (s *loopSession) Close() error {
	var errs []error
	for _, l := range s.loops {
		errs = append(errs, l.close())
	}
	s.common.secure.Close()
	return errors.Join(errs...)
}
