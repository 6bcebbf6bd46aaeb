package strategies

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync/atomic"
	"time"
)

// child is the process that a session talks to.
type child interface {
	// stop waits so long for it to end by itself, kills it if it does not, and reports how it ended.
	stop(patience time.Duration) (byItself bool, err error)
	usage() usage
	lastWords() string
}

// externalSession is a session with a program.
type externalSession struct {
	strategy External
	target   Target
	maxLimit int
	child    child
	talk     *talk
	began    time.Time // the epoch of the session's clock

	version     string
	next        int64        // number of the next request: they go on from one Run to the next
	connections atomic.Int64 // of the latest Run
	broken      error        // why there can be no further Run
	closed      bool
}

func newExternalSession(e External, c child, input io.WriteCloser, output io.ReadCloser, target Target, maxLimit int) *externalSession {
	s := &externalSession{strategy: e, target: target, maxLimit: maxLimit, child: c, began: time.Now()}
	s.talk = newTalk(input, output, s.now)
	return s
}

func (s *externalSession) now() time.Duration { return time.Since(s.began) }

// open waits for hello, sends open and waits for opened.
func (s *externalSession) open(ctx context.Context) error {
	hello, err := s.greet(ctx)
	if err != nil {
		return err
	}
	if hello.Most > 0 && s.maxLimit > hello.Most {
		return fmt.Errorf("it can have at most %d requests in flight, and was to have %d", hello.Most, s.maxLimit)
	}
	s.version = hello.Version
	line, err := openMessage(s.target, s.maxLimit)
	if err != nil {
		return err
	}
	m, err := s.ask(ctx, line, startTime)
	switch {
	case err != nil:
		return err
	case m.Opened == nil:
		return errors.New("it answered open with something other than opened")
	}
	return nil
}

// greet waits for the program's hello.
func (s *externalSession) greet(ctx context.Context) (*hello, error) {
	m, err := s.ask(ctx, nil, startTime)
	switch {
	case err != nil:
		return nil, err
	case m.Hello == nil:
		return nil, errors.New("it began with something other than hello")
	}
	return m.Hello, nil
}

// openMessage returns the line that opens a target.
func openMessage(t Target, limit int) ([]byte, error) {
	type open struct {
		Method      string      `json:"method"`
		Headers     [][2]string `json:"headers"`
		Body        []byte      `json:"body"`
		Timeout     float64     `json:"timeout"`
		DialTimeout float64     `json:"dial_timeout"`
		DNSCache    float64     `json:"dns_cache"`
		Insecure    bool        `json:"insecure"`
		Decode      string      `json:"decode"`
		Limit       int         `json:"limit"`
	}
	o := open{
		t.Method, [][2]string{}, append([]byte{}, t.Body...), t.Timeout.Seconds(), t.DialTimeout.Seconds(), t.DNSCache.Seconds(),
		t.Insecure, "", limit,
	}
	if t.JSON {
		o.Decode = "json"
	}
	for _, name := range slices.Sorted(maps.Keys(t.Header)) {
		for _, value := range t.Header[name] {
			o.Headers = append(o.Headers, [2]string{name, value})
		}
	}
	line, err := json.Marshal(map[string]open{"open": o})
	return append(line, '\n'), err
}

// ask says a line, unless it is empty, and returns the next message. What the program says of its troubles, its silence
// and the end of ctx are errors.
func (s *externalSession) ask(ctx context.Context, line []byte, patience time.Duration) (*message, error) {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	say := s.talk.say
	if len(line) == 0 {
		say = nil
	}
	for {
		select {
		case say <- line:
			say = nil
		case m, ok := <-s.talk.heard:
			switch {
			case !ok:
				return nil, s.talk.err
			case m.Error != nil:
				return nil, reason(*m.Error)
			}
			return m, nil
		case <-timer.C:
			return nil, fmt.Errorf("it said nothing for %v", patience)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// A reason is what a program itself says of why it cannot go on.
type reason string

func (r reason) Error() string { return string(r) }

// Run implements [Session].
func (s *externalSession) Run(ctx context.Context, limit int, work Work) error {
	limit = s.strategy.Limit(limit)
	switch {
	case limit < 1 || limit > s.maxLimit:
		return fmt.Errorf("%s: run: limit %d: want 1 to %d, the most that the session was opened for", s.strategy.Name(), limit, s.maxLimit)
	case s.broken != nil:
		return s.broken
	case s.closed:
		return fmt.Errorf("%s: run: the session is closed", s.strategy.Name())
	}
	s.connections.Store(0)
	x := newExchange(s, limit, work.Worker())
	if err := x.run(ctx); err != nil {
		err = s.fail(err)
		x.abandon(err)
		return err
	}
	return nil
}

// How long a program has to end by itself: when it has closed its output or said nonsense, so that it can be told how it
// ended, and when it was told to close.
const (
	lastChance = time.Second
	farewell   = 5 * time.Second
)

// fail ends the program, keeps err as the reason why there can be no further Run, and returns it with how the program
// ended and what it wrote last to its standard error.
func (s *externalSession) fail(err error) error {
	patience := lastChance
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		patience = 0 // it has done nothing wrong
	}
	byItself, how := s.child.stop(patience)
	s.end()
	if byItself && !errors.As(err, new(reason)) {
		ended := "it ended with " + howEnded(how)
		if errors.Is(err, errSilent) {
			err = errors.New(ended)
		} else {
			err = fmt.Errorf("%w, and %s", err, ended)
		}
	}
	s.broken = s.named(err)
	return s.broken
}

// Contradicted implements [Accountable].
func (s *externalSession) Contradicted(why error) error {
	if s.strategy.Program.Repeats {
		return nil // it is not its word that is wrong
	}
	return s.named(why)
}

// named returns the error with the strategy's name and the program's last words.
func (s *externalSession) named(err error) error {
	if words := s.child.lastWords(); words != "" {
		return fmt.Errorf("%s: %w; its last words: %s", s.strategy.Name(), err, words)
	}
	return fmt.Errorf("%s: %w", s.strategy.Name(), err)
}

// end ends the talk with a program that has ended.
func (s *externalSession) end() {
	s.talk.end()
	s.closed = true
}

// Usage implements [Session].
func (s *externalSession) Usage() Usage {
	used := s.child.usage()
	return Usage{Connections: int(s.connections.Load()), CPU: used.cpu, Memory: used.memory}
}

// Version implements [Versioned].
func (s *externalSession) Version() string { return s.version }

// Close tells the program to close, and ends it if it does not. An error says that it did not end as it should.
func (s *externalSession) Close() error {
	if s.closed {
		return nil
	}
	timer := time.NewTimer(farewell)
	defer timer.Stop()
	select {
	case s.talk.say <- []byte("{\"close\":{}}\n"):
	case <-timer.C: // it does not even listen
	}
	byItself, how := s.child.stop(farewell)
	s.end()
	switch {
	case !byItself:
		return s.named(fmt.Errorf("it did not end within %v of being told to close", farewell))
	case how != nil:
		return s.named(fmt.Errorf("it closed with %w", how))
	}
	return nil
}
