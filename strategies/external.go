package strategies

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"time"
)

// A Program is a program of its own, in any language, that makes the requests of a strategy. It speaks the protocol of
// EXTERNAL.md on its standard input and output.
type Program struct {
	Name    string   // of the strategy
	Doc     string   // one line: what it does, and when to choose it
	Command []string // the program and its arguments; no shell comes in between
	Install string   // how to come by the command where there is none, for people

	// Most is the most requests that the program can have in flight; 0 is as many as asked.
	Most int
	// Leaves says that the program leaves the limit to its library's connections: it is handed several times the limit, and
	// begins with all of them.
	Leaves bool

	// What the program's library does in its own way and cannot be told otherwise.
	Anew       bool // keeps nothing from one request to the next, neither connections nor cookies
	Tidies     bool // resolves dots in a path, and may join the values of a header that is given twice
	Lenient    bool // puts up with a head that breaks off, or calls it a reset, and with a length that is no number
	ShortHeads bool // takes a header line of over 8 KB for malformed
	Repeats    bool // repeats a request if a connection that was kept dies without an answer
}

// Strategy returns the strategy that the program carries out.
func (p Program) Strategy() External { return External{p} }

// External is the strategy that a program of its own carries out.
type External struct{ Program Program }

func (e External) Name() string { return e.Program.Name }
func (e External) Doc() string  { return e.Program.Doc }

func (e External) Limit(limit int) int {
	if e.Program.Most > 0 {
		return min(limit, e.Program.Most)
	}
	return limit
}

// Versioned is what a [Session] is as well that can tell what it is made of.
type Versioned interface {
	// Version names what makes the requests, and its version: "aiohttp 3.8.4, Python 3.11.2".
	Version() string
}

// Accountable is what a [Session] is as well whose requests are made and counted by a program that may be wrong about them.
type Accountable interface {
	// Contradicted returns the error that the session ends with, since the target has seen other than was reported; nil if
	// that is known of the program and may be.
	Contradicted(why error) error
}

// ErrHandle is why a strategy whose requests are made by another process cannot be opened for a target with a Handle.
var ErrHandle = errors.New("no other process can call Target.Handle: want Target.JSON")

// startTime is how long a program has to say hello, and then how long to open. It is no part of any measurement, and on a
// busy machine an interpreter takes its time.
const startTime = 30 * time.Second

// Open starts the program and waits until it is ready. If ctx ends first, the program is ended.
func (e External) Open(ctx context.Context, target Target, maxLimit int) (Session, error) {
	s, err := e.start(target, maxLimit)
	if err != nil {
		return nil, err
	}
	if err := s.open(ctx); err != nil {
		return nil, s.fail(err)
	}
	return s, nil
}

// start starts the program, with nothing said yet.
func (e External) start(target Target, maxLimit int) (*externalSession, error) {
	if maxLimit < 1 {
		return nil, fmt.Errorf("%s: open: limit %d: want at least 1", e.Name(), maxLimit)
	}
	if target.Handle != nil {
		return nil, fmt.Errorf("%s: open: %w", e.Name(), ErrHandle)
	}
	p, err := startProcess(e.Program.Command)
	switch {
	case errors.Is(err, exec.ErrNotFound) && e.Program.Install != "":
		return nil, fmt.Errorf("%s: %w: %s", e.Name(), err, e.Program.Install)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", e.Name(), err)
	}
	return newExternalSession(e, p, p.input, p.output, target.WithDefaults(), e.Limit(maxLimit)), nil
}

// Greet starts the program, waits for its hello and ends it again. It returns the program with what it says of itself:
// the most requests that it can have in flight, and, unless it has a Doc already, its version as that. An error says why
// it cannot run here.
func (p Program) Greet(ctx context.Context) (Program, error) {
	s, err := p.Strategy().start(Target{}, 1)
	if err != nil {
		return p, err
	}
	hello, err := s.greet(ctx)
	if err != nil {
		return p, s.fail(err)
	}
	_ = s.Close() // it has not opened anything yet, so how it takes its leave is no matter
	p.Most, p.Doc = hello.Most, cmp.Or(p.Doc, hello.Version)
	return p, nil
}
