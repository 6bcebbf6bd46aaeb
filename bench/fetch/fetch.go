package fetch

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"sweetspot/strategies"
)

// An Observer follows a fetch as it goes. Its functions are called one at a time, and must return quickly; each may be nil.
type Observer struct {
	// Request is given every request that has ended, when it ended since the fetch began, and how long it took.
	Request func(o strategies.Outcome, at, took time.Duration)
	// Progress is given how far the fetch has come, ten times per second.
	Progress func(Progress)
}

// ErrStopped is the error of a fetch that ended early, because its context did.
var ErrStopped = errors.New("stopped before the end of the list")

// Run requests the jobs of the source that have no result in the store yet, until each of them has one. It returns what it has done
// also with an error. The store must have been opened for the same source; the caller closes it.
//
// When ctx ends, it starts nothing more, gives the requests in flight a moment to end, and returns an error that wraps [ErrStopped]
// within a second. What has no result then has none in the store. An error of the store or the source ends the fetch in the same
// way. Other errors are about the settings, or the strategy cannot run here; then nothing was requested.
func Run(ctx context.Context, source Source, store *Store, s Settings, observe Observer) (Summary, error) {
	s, err := s.withDefaults()
	if err != nil {
		return Summary{}, err
	}
	f := newFetch(source, store, s, observe)
	s.Target.Handle, s.Target.Every = f.handle, true
	s.Target.Varied = source.Varied() || s.Message != nil || s.Target.Follow > 0 || s.Robots
	s.Target.Follow, s.Target.AsIs = 0, f.asIs
	session, err := s.Strategy.Open(ctx, s.Target, s.Limiter.Most())
	if err != nil {
		return Summary{}, err
	}
	ctx, f.cancel = context.WithCancel(ctx)
	defer f.cancel()
	err = f.run(ctx, session)
	return f.summary(), err
}

// A fetch is one call of Run. It is the [strategies.Work] of its session.
type fetch struct {
	settings Settings
	store    *Store
	observe  Observer
	begin    time.Time
	cancel   context.CancelFunc
	nudge    chan struct{} // tells the reader of the list that there is room

	mu       sync.Mutex
	schedule *scheduler
	flying   map[int64]*task // requests in flight, by their index
	workers  int
	waiters  []*worker // that wait for a task, those that have waited for longest first
	timer    *time.Timer
	window   window
	goodput  goodput
	counts   HostCounts // of all hosts
	stopped  bool       // nothing is started any more
	err      error      // that ended the fetch

	connections int // known when it has ended
}

func newFetch(source Source, store *Store, s Settings, observe Observer) *fetch {
	f := &fetch{settings: s, store: store, observe: observe, begin: time.Now(), nudge: make(chan struct{}, 1), flying: map[int64]*task{}}
	f.schedule = newScheduler(s, source, store.before.done, f.begin)
	f.schedule.limit = s.Limiter.Limit()
	f.window.limiter = s.Limiter
	return f
}

func (f *fetch) now() time.Duration { return time.Since(f.begin) }

// How a fetch ends that is stopped. All of it together takes less than a second.
const (
	grace = 300 * time.Millisecond // for requests in flight to end by themselves
	rest  = 300 * time.Millisecond // for a session to end them, before it is left behind
)

// run runs the session until every job has its result, or ctx ends.
func (f *fetch) run(ctx context.Context, session strategies.Session) error {
	ctx, end := context.WithCancel(ctx)
	var helpers sync.WaitGroup
	defer helpers.Wait()
	defer end()
	f.read() // a little, so that there is something to start with
	helpers.Go(func() { f.readList(ctx) })
	helpers.Go(func() { f.report(ctx) })
	helpers.Go(func() { f.watchStore(ctx) })
	ran := make(chan error, 1)
	go func() { ran <- session.Run(ctx, f.settings.Limiter.Most(), f) }()
	var err error
	select {
	case err = <-ran:
	case <-ctx.Done():
		err = f.stop(session, ran)
	}
	closed := make(chan struct{})
	go func() { defer close(closed); _ = session.Close() }() // there is no request in flight any more that could fail
	ended(closed, rest)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stopped, f.connections = true, session.Usage().Connections
	switch {
	case f.err != nil:
		return f.err
	case err != nil:
		return err
	case !f.schedule.done() && ctx.Err() != nil:
		return fmt.Errorf("%w: %w", ErrStopped, context.Cause(ctx))
	case !f.schedule.done():
		return fmt.Errorf("%s: %w", f.settings.Strategy.Name(), ErrStopped)
	}
	return f.store.settle(f.settings.Limiter.Settled(), f.settings.Limiter.Why())
}

// stop ends a session whose context has ended.
func (f *fetch) stop(session strategies.Session, ran <-chan error) error {
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case err := <-ran:
		return err
	case <-timer.C:
	}
	f.mu.Lock()
	f.stopped = true // what fails from now on has not ended by itself
	f.mu.Unlock()
	go func() { _ = session.Close() }()
	timer.Reset(rest)
	select {
	case <-ran:
	case <-timer.C:
	}
	return nil
}

// ended waits until done is closed, for at most that time.
func ended(done <-chan struct{}, atMost time.Duration) {
	timer := time.NewTimer(atMost)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	}
}

// fail ends the fetch. The caller holds the lock.
func (f *fetch) fail(err error) {
	if f.err == nil {
		f.err = err
	}
	f.stopped = true
	f.cancel()
}

// watchStore ends the fetch when the store cannot be written.
func (f *fetch) watchStore(ctx context.Context) {
	select {
	case <-f.store.failed:
		f.mu.Lock()
		defer f.mu.Unlock()
		f.fail(f.store.Err())
	case <-ctx.Done():
	}
}

// readAtOnce is how many jobs are read while others wait for the lock.
const readAtOnce = 256

// read reads on in the list, and reports whether there is more to read and room for it.
func (f *fetch) read() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	more := f.schedule.scan(readAtOnce, f.now())
	f.dispatch()
	return more
}

// readList reads the list as far ahead as there is room.
func (f *fetch) readList(ctx context.Context) {
	for {
		for f.read() {
			if ctx.Err() != nil {
				return
			}
		}
		select {
		case <-f.nudge:
		case <-ctx.Done():
			return
		}
	}
}

// handle is the target's Handle.
func (f *fetch) handle(r *strategies.Request, a strategies.Answer) error {
	f.mu.Lock()
	t := f.flying[r.Index]
	f.mu.Unlock()
	f.store.await()
	k, err := f.keep(t, a)
	t.answer = k
	var end fatal
	if errors.As(err, &end) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.fail(err)
	}
	return err
}
