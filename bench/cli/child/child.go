// Package child runs commands of this program in processes of their own: the bundled server, and agents on this machine.
package child

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"time"
)

// Flag is the name of the flag without a value that every command has which is run as a child: see [WithParent].
const Flag = "with-parent"

// WithParent returns a context that also ends when stdin does, as it does when the parent process is gone. The caller must call
// cancel.
func WithParent(ctx context.Context, stdin io.Reader) (within context.Context, cancel context.CancelFunc) {
	within, cancel = context.WithCancel(ctx)
	go func() { // a read cannot be interrupted: it ends with the process at the latest
		defer cancel()
		_, _ = io.Copy(io.Discard, stdin)
	}()
	return within, cancel
}

// outputDelay is how long the output of a process may stay open after its end, as of a program that it has started and that outlives it.
const outputDelay = 500 * time.Millisecond

// A Process is a command of this program in a process of its own. It lives as long as its standard input is open: whatever ends
// this process ends the other too.
type Process struct {
	command *exec.Cmd
	input   io.Closer
	ended   chan struct{} // closed once the process has ended
	err     error         // of its end
}

// Start starts this program with a command and its arguments, after which it puts the [Flag]. What the command prints goes to stdout
// and stderr; it is all there once [Process.Ended] is closed. The caller must call [Process.Stop].
func Start(stdout, stderr io.Writer, arguments ...string) (*Process, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	command := exec.Command(program, append(arguments, "--"+Flag)...)
	command.Stdout, command.Stderr = stdout, stderr
	command.WaitDelay = outputDelay
	ignoreInterrupts(command)
	input, err := command.StdinPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		return nil, err
	}
	p := &Process{command: command, input: input, ended: make(chan struct{})}
	go func() {
		defer close(p.ended)
		if p.err = command.Wait(); errors.Is(p.err, exec.ErrWaitDelay) {
			p.err = nil // a program that it has started has its output still open
		}
	}()
	return p, nil
}

// Ended returns a channel that is closed once the process has ended, whatever ended it.
func (p *Process) Ended() <-chan struct{} { return p.ended }

// Err returns nil if the process has ended with exit status 0, else how it ended. It must have ended.
func (p *Process) Err() error { return p.err }

// Stop ends the process and waits for it, for that long at most: then it kills it. It returns an error if the process was killed or
// did not exit with status 0. Further calls return the same.
func (p *Process) Stop(wait time.Duration) error {
	if err := p.input.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		wait = 0
	}
	kill := time.AfterFunc(wait, func() { _ = p.command.Process.Kill() })
	defer kill.Stop()
	<-p.ended
	return p.err
}
