// Package bundled runs the test server that comes with the program. The server has its own process, so that its processor
// time and memory are not counted as the client's.
package bundled

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"sweetspot/bench/cli/child"
)

// A Server is the test server in its own process, which ends with this one.
type Server struct {
	process *child.Process
	url     string
	silent  atomic.Bool // whether it has not answered in time
}

// Start starts this program's serve command with the arguments and returns once the server listens. If ctx ends before
// that, or the server does not listen within 30 s, Start returns an error and leaves no process behind. Later ctx has no effect on the server: see [Server.Stop].
func Start(ctx context.Context, args ...string) (*Server, error) {
	var message bytes.Buffer // what the server says if it cannot start
	first := firstLine{found: make(chan string, 1)}
	process, err := child.Start(&first, &message, append([]string{"serve", "--drain", drainTime.String()}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("start the bundled server: %w", err)
	}
	s := &Server{process: process}
	within, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	select {
	case s.url = <-first.found:
		return s, nil
	case <-process.Ended():
	case <-within.Done():
	}
	_ = s.Stop()
	why := cmp.Or(strings.TrimSpace(message.String()), "it has not said where it listens")
	return nil, errors.Join(ctx.Err(), fmt.Errorf("start the bundled server: %s", why))
}

// A firstLine is what the server prints, of which only the first line counts.
type firstLine struct {
	found chan string // has room for it
	line  []byte
	over  bool
}

// Write implements [io.Writer].
func (f *firstLine) Write(text []byte) (int, error) {
	line, _, whole := bytes.Cut(text, []byte("\n"))
	if !f.over {
		f.line = append(f.line, line...)
	}
	if whole && !f.over {
		f.over = true
		f.found <- strings.TrimSpace(string(f.line))
	}
	return len(text), nil
}

// URL returns the address of the server's root, which ends with a slash.
func (s *Server) URL() string { return s.url }

const (
	startTimeout = 30 * time.Second       // for the server to listen, on a machine that is busy
	drainTime    = 200 * time.Millisecond // for the server to answer the requests under way when it is stopped
	killTimeout  = 500 * time.Millisecond // after which a server that has not stopped is killed: nobody needs it any more
)

// Stop ends the server and waits for it, for half a second at most: then it kills it. A server that does not answer is killed at
// once. Stop returns an error if the server was killed or did not exit with status 0.
func (s *Server) Stop() error {
	wait := killTimeout
	if s.silent.Load() {
		wait = 0
	}
	if err := s.process.Stop(wait); err != nil {
		return fmt.Errorf("the bundled server: %w", err)
	}
	return nil
}
