// Package bundled runs the test server that comes with the program. The server has its own process, so that its processor
// time and memory are not counted as the client's.
package bundled

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"time"
)

// A Server is the test server in its own process. It lives as long as its standard input is open: whatever ends this
// process ends the server too.
type Server struct {
	command *exec.Cmd
	input   io.Closer
	url     string
	silent  atomic.Bool // whether it has not answered in time
}

// Start starts this program's serve command with the arguments and returns once the server listens. If ctx ends before
// that, or the server does not listen within 30 s, Start returns an error and leaves no process behind. Later ctx has no effect on the server: see [Server.Stop].
func Start(ctx context.Context, args ...string) (*Server, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("start the bundled server: %w", err)
	}
	var message bytes.Buffer // what the server says if it cannot start
	command := exec.Command(program, append([]string{"serve", "--with-parent", "--drain", drainTime.String()}, args...)...)
	command.Stderr = &message
	ignoreInterrupts(command)
	input, err1 := command.StdinPipe()
	output, err2 := command.StdoutPipe()
	if err := errors.Join(err1, err2); err != nil {
		return nil, fmt.Errorf("start the bundled server: %w", err)
	}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("start the bundled server: %w", err)
	}
	s := &Server{command: command, input: input}
	within, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	defer context.AfterFunc(within, func() { // the server then ends, and with it the read below
		_ = input.Close()
		time.AfterFunc(killTimeout, func() { _ = command.Process.Kill() })
	})()
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		_ = s.Stop()
		why := cmp.Or(strings.TrimSpace(message.String()), "it has not said where it listens")
		return nil, errors.Join(ctx.Err(), fmt.Errorf("start the bundled server: %s", why))
	}
	s.url = strings.TrimSpace(line)
	return s, nil
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
	_ = s.input.Close()
	wait := killTimeout
	if s.silent.Load() {
		wait = 0
	}
	kill := time.AfterFunc(wait, func() { _ = s.command.Process.Kill() })
	defer kill.Stop()
	if err := s.command.Wait(); err != nil {
		return fmt.Errorf("the bundled server: %w", err)
	}
	return nil
}
