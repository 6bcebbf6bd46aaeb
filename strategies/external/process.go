package external

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// An osProcess is a running program with the processes that it has started and that stay in its process group.
type osProcess struct {
	command *exec.Cmd
	input   *os.File      // writes to its standard input
	output  *os.File      // reads its standard output
	stderr  tail          // of its standard error
	exited  chan struct{} // closed when it has ended and been reaped
	ended   error         // nil for status 0; set before exited is closed

	mu     sync.Mutex
	reaped bool // if true, another process may have its number by now
	used   usage
}

// usage is what a process and its children have used.
type usage struct {
	cpu    time.Duration // user and system
	memory int64         // largest resident memory, in bytes
}

// childOutputWait is how long the children of a program that has ended may continue to write to standard error.
const childOutputWait = 500 * time.Millisecond

// startProcess starts a program in a new process group. The program can then be ended together with the processes it has
// started, and Ctrl-C at the terminal does not end it before its requests in flight have ended.
func startProcess(command []string) (*osProcess, error) {
	input, toInput, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer input.Close()
	fromOutput, output, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, toInput.Close())
	}
	defer output.Close()

	p := &osProcess{command: exec.Command(command[0], command[1:]...), input: toInput, output: fromOutput, exited: make(chan struct{})}
	p.command.Stdin, p.command.Stdout, p.command.Stderr = input, output, &p.stderr
	p.command.WaitDelay = childOutputWait
	setProcessGroup(p.command)
	if err := p.command.Start(); err != nil {
		_, _ = toInput.Close(), fromOutput.Close()
		return nil, err // it names the command
	}
	go p.reap()
	return p, nil
}

// reap waits for the program to end, and ends the processes that it leaves behind.
func (p *osProcess) reap() {
	err := p.command.Wait()
	p.mu.Lock()
	p.reaped = true
	p.mu.Unlock()
	killGroup(p.command.Process)
	if !errors.Is(err, exec.ErrWaitDelay) { // ErrWaitDelay says that it ended with status 0 and left a child
		p.ended = err
	}
	close(p.exited)
}

// stop waits for the program to end by itself, kills it after the given time, and reports how it ended.
func (p *osProcess) stop(wait time.Duration) (byItself bool, err error) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-p.exited:
		return true, p.ended
	case <-timer.C:
		killGroup(p.command.Process)
		<-p.exited
		return false, p.ended
	}
}

// usage returns what the program has used so far, or, once it has ended, the last value known.
func (p *osProcess) usage() usage {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.reaped {
		now := usageOf(p.command.Process.Pid)
		p.used.cpu, p.used.memory = max(p.used.cpu, now.cpu), max(p.used.memory, now.memory)
	}
	return p.used
}

// lastOutput returns the last lines of the program's standard error, in one line; "" if it wrote nothing.
func (p *osProcess) lastOutput() string { return p.stderr.lines() }

// A tail keeps the last bytes written to it. It is safe for concurrent use.
type tail struct {
	mu   sync.Mutex
	text []byte
}

// How much of a program's standard error is shown: enough for the end of a stack trace.
const (
	tailLines = 5
	tailBytes = 600
)

// Write implements [io.Writer].
func (t *tail) Write(text []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, text[max(0, len(text)-tailBytes):]...)
	t.text = append(t.text[:0], t.text[max(0, len(t.text)-tailBytes):]...)
	return len(text), nil
}

// lines returns the last lines, separated by bars.
func (t *tail) lines() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var lines []string
	for line := range strings.Lines(strings.ToValidUTF8(string(t.text), "?")) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines[max(0, len(lines)-tailLines):], " | ")
}

// howEnded describes how a program ended, given the error of its stop.
func howEnded(err error) string {
	if err == nil {
		return "exit status 0"
	}
	return err.Error()
}
