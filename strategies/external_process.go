package strategies

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// A process is a program under way, with everything that it has started as far as that stays in its process group.
type process struct {
	command *exec.Cmd
	input   *os.File      // where its standard input is written
	output  *os.File      // where its standard output is read
	said    tail          // on its standard error
	exited  chan struct{} // closed when it has ended and been reaped
	ended   error         // how, nil for status 0; set before exited is closed

	mu     sync.Mutex
	reaped bool // then its number may be another's
	used   usage
}

// usage is what a process and its children have used.
type usage struct {
	cpu    time.Duration // user and system
	memory int64         // resident at its largest, in bytes
}

// lingering is how long a child of a program that has ended may go on writing to its standard error.
const lingering = 500 * time.Millisecond

// startProcess starts a program in a process group of its own, so that it can be ended together with what it has
// started, and so that a Ctrl-C at the terminal leaves it alone until what is in flight has ended.
func startProcess(command []string) (*process, error) {
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

	p := &process{command: exec.Command(command[0], command[1:]...), input: toInput, output: fromOutput, exited: make(chan struct{})}
	p.command.Stdin, p.command.Stdout, p.command.Stderr = input, output, &p.said
	p.command.WaitDelay = lingering
	inGroup(p.command)
	if err := p.command.Start(); err != nil {
		_, _ = toInput.Close(), fromOutput.Close()
		return nil, err // names the command
	}
	go p.reap()
	return p, nil
}

// reap waits for the program to end and ends what it leaves behind.
func (p *process) reap() {
	err := p.command.Wait()
	p.mu.Lock()
	p.reaped = true
	p.mu.Unlock()
	killGroup(p.command.Process)
	if !errors.Is(err, exec.ErrWaitDelay) { // which says that it ended well, and a child of its lingered
		p.ended = err
	}
	close(p.exited)
}

// stop waits so long for the program to end by itself, kills it if it does not, and reports how it ended.
func (p *process) stop(patience time.Duration) (byItself bool, err error) {
	timer := time.NewTimer(patience)
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

// usage returns what the program has used so far; the last that is known once it has ended.
func (p *process) usage() usage {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.reaped {
		now := usageOf(p.command.Process.Pid)
		p.used.cpu, p.used.memory = max(p.used.cpu, now.cpu), max(p.used.memory, now.memory)
	}
	return p.used
}

// lastWords returns the last of what the program wrote to its standard error, in one line; empty if it wrote nothing.
func (p *process) lastWords() string { return p.said.lines() }

// A tail keeps the last of what is written to it. It is safe for concurrent use.
type tail struct {
	mu   sync.Mutex
	text []byte
}

// How much is told of what a program wrote to its standard error: enough for the end of a stack trace.
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

// howEnded says how a program that ended did.
func howEnded(err error) string {
	if err == nil {
		return "exit status 0"
	}
	return fmt.Sprint(err)
}
