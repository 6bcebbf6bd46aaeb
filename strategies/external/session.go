package external

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"sweetspot/strategies"
)

// process is the program that a session talks to: an osProcess, or in tests a simulated program.
type process interface {
	// stop waits for the program to end by itself, kills it after the given time, and reports how it ended.
	stop(wait time.Duration) (byItself bool, err error)
	// usage returns what the program has used so far.
	usage() usage
	// lastOutput returns the last lines of the program's standard error.
	lastOutput() string
}

// session is a session with a program.
type session struct {
	strategy  Strategy
	target    strategies.Target
	maxLimit  int
	process   process
	transport *transport
	began     time.Time // the zero of the session's clock

	version     string
	connections atomic.Int64 // of the latest Run
	redirects   atomic.Int64 // that it followed

	aborting chan struct{} // closed by the first Close
	abort    sync.Once     // closes aborting
	running  sync.Mutex    // held during a Run, and while Close ends the program; guards the fields below
	next     int64         // number of the next request: numbers continue from one Run to the next
	broken   error         // why there can be no further Run
	closed   bool
}

func newSession(strategy Strategy, p process, input io.WriteCloser, output io.ReadCloser, target strategies.Target, maxLimit int) *session {
	s := &session{strategy: strategy, target: target, maxLimit: maxLimit, process: p, began: time.Now(), aborting: make(chan struct{})}
	s.transport = newTransport(input, output, s.now)
	return s
}

func (s *session) now() time.Duration { return time.Since(s.began) }

// open waits for hello, sends open and waits for opened.
func (s *session) open(ctx context.Context) error {
	hello, err := s.greet(ctx)
	if err != nil {
		return err
	}
	if hello.MaxInFlight > 0 && s.maxLimit > hello.MaxInFlight {
		return fmt.Errorf("it can have at most %d requests in flight: want %d", hello.MaxInFlight, s.maxLimit)
	}
	if err := s.target.Refuse(func(setting strategies.Setting) bool { return !slices.Contains(hello.Can, setting) }); err != nil {
		return err
	}
	s.version = hello.Version
	line, err := openMessage(s.target, s.maxLimit)
	if err != nil {
		return err
	}
	m, err := s.ask(ctx, line, startTimeout)
	switch {
	case err != nil:
		return err
	case m.Opened == nil:
		return errors.New("its answer to open is not opened")
	}
	return nil
}

// greet waits for the program's hello.
func (s *session) greet(ctx context.Context) (*hello, error) {
	m, err := s.ask(ctx, nil, startTimeout)
	switch {
	case err != nil:
		return nil, err
	case m.Hello == nil:
		return nil, errors.New("its first message is not hello")
	}
	return m.Hello, nil
}

// ask sends a line, unless it is empty, and returns the next message. An error message of the program, no message within
// timeout and the end of ctx are errors.
func (s *session) ask(ctx context.Context, line []byte, timeout time.Duration) (*message, error) {
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	send := s.transport.send
	if len(line) == 0 {
		send = nil
	}
	for {
		select {
		case send <- line:
			send = nil
		case m, ok := <-s.transport.received:
			switch {
			case !ok:
				return nil, s.transport.err
			case m.Error != nil:
				return nil, programError(*m.Error)
			}
			return m, nil
		case <-timer.C:
			return nil, fmt.Errorf("it sent nothing for %v", timeout)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// A programError is the text of a program's own error message.
type programError string

func (e programError) Error() string { return string(e) }

// Run implements [strategies.Session].
func (s *session) Run(ctx context.Context, limit int, work strategies.Work) error {
	limit = s.strategy.Limit(limit)
	s.running.Lock()
	defer s.running.Unlock()
	switch {
	case limit < 1 || limit > s.maxLimit:
		return fmt.Errorf("%s: run: limit %d: want 1 to %d, the most that the session was opened for", s.strategy.Name(), limit, s.maxLimit)
	case s.broken != nil:
		return s.broken
	case s.closed:
		return fmt.Errorf("%s: run: %w", s.strategy.Name(), errClosed)
	}
	s.connections.Store(0)
	s.redirects.Store(0)
	x := newExchange(s, limit, work.Worker())
	err := x.run(ctx)
	switch {
	case err == nil:
		return nil
	case s.aborted(): // whatever the error: the program may have ended because of it
		x.failPending(fmt.Errorf("%s: %w", s.strategy.Name(), errClosed))
		s.kill()
		return nil
	}
	err = s.fail(err)
	x.failPending(err)
	return err
}

// errClosed is the error of requests that Close aborted, and of a Run after Close.
var errClosed = fmt.Errorf("the session is closed: %w", net.ErrClosed)

// aborted reports whether Close has been called.
func (s *session) aborted() bool {
	select {
	case <-s.aborting:
		return true
	default:
		return false
	}
}

// kill ends the program at once.
func (s *session) kill() {
	_, _ = s.process.stop(0)
	s.end()
}

// How long a program may take to end by itself: after an error, so that its exit status is known, and after a close message.
const (
	exitTimeAfterError = time.Second
	exitTimeAfterClose = 5 * time.Second
)

// fail ends the program. The error that it returns contains err, how the program ended and the last lines of its standard
// error. Further calls of Run return the same error.
func (s *session) fail(err error) error {
	wait := exitTimeAfterError
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		wait = 0 // the program has done nothing wrong
	}
	byItself, how := s.process.stop(wait)
	s.end()
	if byItself && !errors.As(err, new(programError)) {
		ended := "it ended with " + howEnded(how)
		if errors.Is(err, errOutputClosed) {
			err = errors.New(ended)
		} else {
			err = fmt.Errorf("%w, and %s", err, ended)
		}
	}
	s.broken = s.named(err)
	return s.broken
}

// Contradicted implements [strategies.Accountable].
func (s *session) Contradicted(why error) error {
	if s.strategy.Program.Traits.Retries {
		return nil // its counts are right: it does not see the repetitions
	}
	return s.named(why)
}

// named returns the error with the strategy's name and the last lines of the program's standard error.
func (s *session) named(err error) error {
	if output := s.process.lastOutput(); output != "" {
		return fmt.Errorf("%s: %w; standard error: %s", s.strategy.Name(), err, output)
	}
	return fmt.Errorf("%s: %w", s.strategy.Name(), err)
}

// end closes the transport to a program that has ended.
func (s *session) end() {
	s.transport.end()
	s.closed = true
}

// Usage implements [strategies.Session].
func (s *session) Usage() strategies.Usage {
	used := s.process.usage()
	return strategies.Usage{Connections: int(s.connections.Load()), Redirects: s.redirects.Load(), CPU: used.cpu, Memory: used.memory}
}

// Version implements [strategies.Versioned].
func (s *session) Version() string { return s.version }

// Close sends a close message, and kills the program if it does not end within exitTimeAfterClose. It returns an error unless
// the program ended by itself with status 0. During a Run it kills the program at once, and returns once the Run has ended.
func (s *session) Close() error {
	s.abort.Do(func() { close(s.aborting) })
	s.running.Lock()
	defer s.running.Unlock()
	if s.closed {
		return nil
	}
	timer := time.NewTimer(exitTimeAfterClose)
	defer timer.Stop()
	select {
	case s.transport.send <- []byte("{\"close\":{}}\n"):
	case <-timer.C: // it does not read its input
	}
	byItself, how := s.process.stop(exitTimeAfterClose)
	s.end()
	switch {
	case !byItself:
		return s.named(fmt.Errorf("it did not end within %v after close", exitTimeAfterClose))
	case how != nil:
		return s.named(fmt.Errorf("it closed with %w", how))
	}
	return nil
}
