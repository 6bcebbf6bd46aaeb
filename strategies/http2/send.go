package http2

import (
	"math"
	"slices"

	wire "golang.org/x/net/http2"
)

// fillBytes is how many bytes of bodies are put into frames at a time. The rest waits where it is, so that a large body takes no
// memory for each stream.
const fillBytes = 64 << 10

// An output collects bytes.
type output struct {
	bytes []byte
	sent  int // how many of them have been sent
}

// Write appends p. It never fails.
func (o *output) Write(p []byte) (int, error) {
	o.bytes = append(o.bytes, p...)
	return len(p), nil
}

// Unsent returns bytes that are to be sent to the server. It is empty if there is nothing that may be sent now. The bytes are
// valid until the next call of a method.
func (c *Conn) Unsent() []byte {
	if c.out.sent == len(c.out.bytes) {
		c.fill()
	}
	return c.out.bytes[c.out.sent:]
}

// Sent takes note that the first n bytes of Unsent have been sent.
func (c *Conn) Sent(n int) {
	o := &c.out
	o.sent += n
	switch {
	case o.sent == len(o.bytes):
		c.answers = 0
		if o.bytes, o.sent = o.bytes[:0], 0; cap(o.bytes) > maxReusedBuffer {
			o.bytes = nil
		}
	case o.sent > len(o.bytes)/2: // moved seldom enough to cost little
		o.bytes, o.sent = append(o.bytes[:0], o.bytes[o.sent:]...), 0
	}
}

// fill puts bodies of requests into DATA frames, as far as the windows allow, one frame of each stream in turn.
func (c *Conn) fill() {
	for len(c.sending) > 0 && c.window > 0 && len(c.out.bytes)-c.out.sent < fillBytes {
		s := c.sending[0]
		c.dequeue(s)
		n := min(int64(len(s.unsent)), s.window, c.window, int64(c.maxFrame), fillBytes)
		data := s.unsent[:n]
		s.unsent = s.unsent[n:]
		s.window -= n
		c.window -= n
		_ = c.framer.WriteData(s.id, len(s.unsent) == 0, data)
		c.enqueue(s)
	}
}

// enqueue has the body of s sent, if there is some left and a window for it.
func (c *Conn) enqueue(s *Stream) {
	if !s.queued && len(s.unsent) > 0 && s.window > 0 {
		s.queued = true
		c.sending = append(c.sending, s)
	}
}

func (c *Conn) dequeue(s *Stream) {
	s.queued = false
	if i := slices.Index(c.sending, s); i >= 0 {
		c.sending = slices.Delete(c.sending, i, i+1)
	}
}

// widen changes the window of a stream. It returns false if the window is then larger than HTTP/2 allows.
func (c *Conn) widen(s *Stream, more int64) bool {
	s.window += more
	c.enqueue(s)
	if s.window <= 0 && s.queued {
		c.dequeue(s)
	}
	return s.window <= math.MaxInt32
}

func (c *Conn) readWindowUpdate(f *wire.WindowUpdateFrame) error {
	if f.StreamID == 0 {
		if c.window += int64(f.Increment); c.window > math.MaxInt32 {
			return broken(wire.ErrCodeFlowControl, "a WINDOW_UPDATE makes the window of the connection too large")
		}
		if len(c.sending) > 0 {
			c.useless = 0
		}
		return nil
	}
	s, err := c.stream(f.StreamID, wire.FrameWindowUpdate)
	if s == nil {
		return err
	}
	if len(s.unsent) > 0 {
		c.useless = 0
	}
	if !c.widen(s, int64(f.Increment)) {
		c.fail(s, wire.ErrCodeFlowControl, malformed("a WINDOW_UPDATE makes the window of the stream too large"))
	}
	return nil
}
