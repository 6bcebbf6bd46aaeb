// Package external makes any program, in any language, a strategy. The program makes the requests; it speaks a protocol of
// lines on its standard input and output, which EXTERNAL.md in the folder strategies describes with complete examples.
//
// Start with a [Program], which names the command, and its method Strategy. Package python registers such strategies over
// Python's HTTP libraries, and the command line makes one from any command.
//
// To read the code, start with session.open and session.Run. A session owns a process and a transport, which reads and writes
// its lines. An exchange is one Run over the transport.
package external

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"time"

	"sweetspot/strategies"
)

// A Program is a program that makes the requests of a strategy.
type Program struct {
	Name    string   // of the strategy
	Doc     string   // one line: what it does, and when to choose it
	Command []string // the program and its arguments, started without a shell
	Install string   // tells the user how to install the command; part of the error if the command is missing

	// MaxInFlight is the most requests that the program can have in flight; 0 means as many as the limit.
	MaxInFlight int
	// ClientLimits says that the program's library enforces the limit by its number of connections. The program then gets
	// callersPerConnection times as many requests at once as the limit.
	ClientLimits bool

	// Traits are the points in which the program's library departs from the contract: see [strategies.Traits].
	Traits strategies.Traits
}

// Strategy returns the strategy whose requests the program makes.
func (p Program) Strategy() Strategy { return Strategy{p} }

// Strategy is a strategy whose requests a program makes. Its sessions are [strategies.Versioned] and
// [strategies.Accountable]. Its Open returns [strategies.ErrHandle] for a target with a Handle or a Burn, [strategies.ErrExpect] for one
// whose Expect looks at more than status and bytes, and [strategies.ErrOwn] for one that follows redirects with an Own.
type Strategy struct{ Program Program }

// Name implements [strategies.Strategy].
func (s Strategy) Name() string { return s.Program.Name }

// Doc implements [strategies.Strategy].
func (s Strategy) Doc() string { return s.Program.Doc }

// Traits returns the program's traits: see [strategies.TraitsOf].
func (s Strategy) Traits() strategies.Traits { return s.Program.Traits }

// Limit implements [strategies.Strategy].
func (s Strategy) Limit(limit int) int {
	if s.Program.MaxInFlight > 0 {
		return min(limit, s.Program.MaxInFlight)
	}
	return limit
}

// startTimeout is how long a program may take to say hello, and then to open. It is not part of any measurement, and on a
// busy machine an interpreter starts slowly.
const startTimeout = 30 * time.Second

// Open starts the program and waits until it is ready. It kills the program and returns an error if ctx ends first, or if the
// program does not send hello, or later opened, within 30 s. If the command is not found, the error wraps [exec.ErrNotFound].
// Any error contains what the program wrote last to its standard error.
func (s Strategy) Open(ctx context.Context, target strategies.Target, maxLimit int) (strategies.Session, error) {
	opened, err := s.start(target, maxLimit)
	if err != nil {
		return nil, err
	}
	if err := opened.open(ctx); err != nil {
		return nil, opened.fail(err)
	}
	return opened, nil
}

// start starts the program. No message has been exchanged yet.
func (s Strategy) start(target strategies.Target, maxLimit int) (*session, error) {
	if maxLimit < 1 {
		return nil, fmt.Errorf("%s: open: limit %d: want at least 1", s.Name(), maxLimit)
	}
	if target.Handle != nil || target.Burn > 0 {
		return nil, fmt.Errorf("%s: open: %w", s.Name(), strategies.ErrHandle)
	}
	if expect := target.Expect; expect != nil && (expect.Body || expect.Header) {
		return nil, fmt.Errorf("%s: open: %w", s.Name(), strategies.ErrExpect)
	}
	if target.Own != nil && target.Follow > 0 {
		return nil, fmt.Errorf("%s: open: %w", s.Name(), strategies.ErrOwn)
	}
	p, err := startProcess(s.Program.Command)
	switch {
	case errors.Is(err, exec.ErrNotFound) && s.Program.Install != "":
		return nil, fmt.Errorf("%s: %w: %s", s.Name(), err, s.Program.Install)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", s.Name(), err)
	}
	return newSession(s, p, p.input, p.output, target.WithDefaults(), s.Limit(maxLimit)), nil
}

// Greet starts the program, waits for its hello message and ends the program. It returns p with MaxInFlight from the message
// and, if Doc was empty, with the version from the message as Doc. An error says why the program cannot run here; it has the
// same causes as an error of [Strategy.Open].
func (p Program) Greet(ctx context.Context) (Program, error) {
	s, err := p.Strategy().start(strategies.Target{}, 1)
	if err != nil {
		return p, err
	}
	hello, err := s.greet(ctx)
	if err != nil {
		return p, s.fail(err)
	}
	_ = s.Close() // it has not opened anything yet, so it does not matter how it ends
	p.MaxInFlight, p.Doc = hello.MaxInFlight, cmp.Or(p.Doc, hello.Version)
	return p, nil
}
