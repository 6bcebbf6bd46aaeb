package http2

import wire "golang.org/x/net/http2"

// readData reads a part of a body. The window of the connection counts it even if its stream is closed.
func (c *Conn) readData(f *wire.DataFrame) error {
	s, err := c.stream(f.StreamID, wire.FrameData)
	if err != nil {
		return err
	}
	length := int64(f.Length)
	if c.received += length; c.received > largestWindow {
		return broken(wire.ErrCodeFlowControl, "more DATA than the window of the connection allows")
	}
	if c.received >= largestWindow/2 {
		_ = c.framer.WriteWindowUpdate(0, uint32(c.received))
		c.received = 0
	}
	if s == nil {
		return nil
	}
	data := f.Data()
	if s.credit -= length; s.credit < 0 {
		c.fail(s, wire.ErrCodeFlowControl, malformed("more DATA than the window of the stream allows"))
		return nil
	}
	if s.phase != inBody {
		c.fail(s, wire.ErrCodeProtocol, malformed("DATA before the header fields"))
		return nil
	}
	if len(data) > 0 && !c.addData(s, data) {
		return nil
	}
	if f.StreamEnded() {
		c.useless = 0
		c.finish(s)
		return nil
	}
	c.replenish(s)
	return nil
}

// addData adds bytes to the body. It returns false if that has ended the stream.
func (c *Conn) addData(s *Stream, data []byte) bool {
	c.useless = 0
	s.size += int64(len(data))
	switch {
	case s.isHead:
		c.fail(s, wire.ErrCodeProtocol, malformed("a body in the response to HEAD"))
	case s.length >= 0 && s.size > s.length:
		c.fail(s, wire.ErrCodeProtocol, malformed("a body of more bytes than its Content-Length, %d", s.length))
	case !c.keeps(s):
		return true
	case s.size > c.maxBody(s):
		c.tooLarge(s)
	default:
		s.body = append(s.body, data...)
		return true
	}
	return false
}

// replenish gives the server back the window that was used, or asks the caller whether there is memory for more of the body. A
// kept body has a window up to its room; what padding has taken of it is given back.
func (c *Conn) replenish(s *Stream) {
	full := c.config.window()
	if c.keeps(s) {
		full = s.room - s.size
	}
	if s.credit <= full/2 {
		c.extend(s, full-s.credit)
	}
	if c.keeps(s) && !s.asked && s.size >= s.room/2 && c.wanted(s) > s.room {
		s.asked = true
		c.emit(Wants, s, nil)
	}
}

// extend allows the server to send more DATA.
func (c *Conn) extend(s *Stream, more int64) {
	if more > 0 {
		_ = c.framer.WriteWindowUpdate(s.id, uint32(more))
		s.credit += more
	}
}

// wanted returns the size for which the body needs room next: its whole length if that is known, or twice the present room, so
// that it is not copied often. The byte above the largest size shows that the body is too large.
func (c *Conn) wanted(s *Stream) int64 {
	if s.length >= 0 {
		return s.length
	}
	return min(2*s.room, c.maxBody(s)+1)
}

// Wanted returns the number of bytes for which the body of s needs room, after the event Wants.
func (c *Conn) Wanted(s *Stream) int64 { return c.wanted(s) }

// Allow lets the body of an open stream grow to a size in bytes. Its memory is buffer, which must have the contents of Body.
func (c *Conn) Allow(s *Stream, size int64, buffer []byte) {
	if s.phase == closed || size <= s.room {
		return
	}
	s.body, s.lent, s.asked, s.room = buffer, true, false, size
	c.extend(s, s.room-s.size-s.credit)
}
