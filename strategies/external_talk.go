package strategies

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// longestLine is how long a line of a program may be: ten thousand failures with their reasons fit into it.
const longestLine = 4 << 20

// errSilent is how a talk ends when the other end closes its output.
var errSilent = errors.New("it closed its standard output")

// A talk is what a program and a session say to each other. A goroutine reads and another writes, so that a program that
// does not listen is still heard.
type talk struct {
	heard chan *message // closed when the program says no more
	err   error         // why; to be read once heard is closed
	say   chan []byte   // whole lines; what was sent may be written to again once the next was taken
	over  chan struct{} // closed by end
	done  sync.WaitGroup

	input  io.Closer
	output io.Closer
}

// newTalk begins a talk: it reads lines from output, and writes what it is given to input, until end.
func newTalk(input io.WriteCloser, output io.ReadCloser, clock func() time.Duration) *talk {
	t := &talk{heard: make(chan *message), say: make(chan []byte), over: make(chan struct{}), input: input, output: output}
	t.done.Go(func() { t.listen(output, clock) })
	t.done.Go(func() { t.speak(input) })
	return t
}

// listen hands messages over until there are no more, or one is none.
func (t *talk) listen(output io.Reader, clock func() time.Duration) {
	defer close(t.heard)
	lines := bufio.NewScanner(output)
	lines.Buffer(nil, longestLine)
	for lines.Scan() {
		m, err := parseMessage(lines.Bytes())
		if err != nil {
			t.err = err
			return
		}
		m.arrived = clock()
		select {
		case t.heard <- m:
		case <-t.over:
			return
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		t.err = fmt.Errorf("it said a line longer than %d MiB", longestLine>>20)
	case err != nil:
		t.err = err
	default:
		t.err = errSilent
	}
}

// speak writes what it is given until that fails. A program that does not read will be missed for what it does not say.
func (t *talk) speak(input io.Writer) {
	for {
		select {
		case lines := <-t.say:
			if _, err := input.Write(lines); err != nil {
				return
			}
		case <-t.over:
			return
		}
	}
}

// end closes both of the program's ends and waits until nothing of the talk is left.
func (t *talk) end() {
	close(t.over)
	_, _ = t.input.Close(), t.output.Close() // which ends a write or a read that is under way
	t.done.Wait()
}
