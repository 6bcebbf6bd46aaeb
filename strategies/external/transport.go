package external

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// maxLineBytes is the longest line of a program: ten thousand failures with their reasons fit into it.
const maxLineBytes = 4 << 20

// errOutputClosed is the error of a transport whose program has closed its output.
var errOutputClosed = errors.New("it closed its standard output")

// A transport carries messages between a session and a program. One goroutine reads and another writes, so that a program
// which does not read cannot block the reading of its own messages.
type transport struct {
	received chan *message // closed when no more messages come
	err      error         // why no more messages come; valid once received is closed
	send     chan []byte   // whole lines; a slice may be written to again once the next one was taken
	closed   chan struct{} // closed by end
	done     sync.WaitGroup

	input  io.Closer
	output io.Closer
}

// newTransport reads lines from output, and writes what it is sent to input, until end.
func newTransport(input io.WriteCloser, output io.ReadCloser, clock func() time.Duration) *transport {
	t := &transport{received: make(chan *message), send: make(chan []byte), closed: make(chan struct{}), input: input, output: output}
	t.done.Go(func() { t.readMessages(output, clock) })
	t.done.Go(func() { t.writeLines(input) })
	return t
}

// readMessages passes messages on until there are no more, or a line is not a message.
func (t *transport) readMessages(output io.Reader, clock func() time.Duration) {
	defer close(t.received)
	lines := bufio.NewScanner(output)
	lines.Buffer(nil, maxLineBytes)
	for lines.Scan() {
		m, err := parseMessage(lines.Bytes())
		if err != nil {
			t.err = err
			return
		}
		m.arrived = clock()
		select {
		case t.received <- m:
		case <-t.closed:
			return
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		t.err = fmt.Errorf("it wrote a line longer than %d MiB", maxLineBytes>>20)
	case err != nil:
		t.err = err
	default:
		t.err = errOutputClosed
	}
}

// writeLines writes what it is sent until a write fails. It returns no error: a program that does not read is noticed because
// it reports nothing.
func (t *transport) writeLines(input io.Writer) {
	for {
		select {
		case lines := <-t.send:
			if _, err := input.Write(lines); err != nil {
				return
			}
		case <-t.closed:
			return
		}
	}
}

// end closes the program's input and output and waits for the goroutines.
func (t *transport) end() {
	close(t.closed)
	_, _ = t.input.Close(), t.output.Close() // this ends a blocked write or read
	t.done.Wait()
}
