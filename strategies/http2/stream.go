package http2

import (
	"fmt"
	"io"
	"net/http"

	wire "golang.org/x/net/http2"

	"sweetspot/strategies/redirect"
)

// A Stream is a request with its response. The zero value is ready for [Conn.OpenStream]; once it is no longer open, it may be
// opened again. What its methods return is valid until then.
type Stream struct {
	Owner any // whatever the caller needs to find its request again

	id    uint32
	phase phase

	// The response:
	status  int
	size    int64 // bytes of the body so far
	length  int64 // the value of Content-Length; negative if there is none
	heads   int   // bytes of the header fields so far
	coding  string
	cookies []string
	header  Header
	body    []byte

	location *string // the value of Location, of a redirect; nil if there is none, or it is not wanted
	lent     bool    // body is not the stream's: see Allow
	room     int64   // bytes that the body may have before more are allowed, if it is kept
	asked    bool    // there was a Wants, and no Allow since
	credit   int64   // bytes of DATA that the server may still send

	// The request:
	isHead bool   // its method is HEAD
	unsent []byte // of its body
	window int64  // bytes of the body that the server allows
	queued bool   // in Conn.sending
}

// phase is what of a response a stream expects next.
type phase uint8

const (
	closed phase = iota
	inHead
	inBody
)

// maxReusedFields is the largest number of header fields whose memory is reused for the next response.
const maxReusedFields = 64

// maxReusedBody is the largest body, in bytes, whose memory is reused for the next.
const maxReusedBody = 64 << 10

// Status returns the status code, once the head has been read.
func (s *Stream) Status() int { return s.status }

// Size returns the number of bytes of the body so far.
func (s *Stream) Size() int64 { return s.size }

// Body returns the body so far, if it is kept.
func (s *Stream) Body() []byte { return s.body }

// ContentEncoding returns the value of the Content-Encoding header, once the head has been read.
func (s *Stream) ContentEncoding() string { return s.coding }

// Cookies returns the values of the Set-Cookie headers, once the head has been read.
func (s *Stream) Cookies() []string { return s.cookies }

// Location returns the value of the first Location header of a redirect, if [Config.Follow] is set and the head has been read; it is
// empty if there is none.
func (s *Stream) Location() string {
	if s.location == nil {
		return ""
	}
	return *s.location
}

// Header returns the header of the response, if [Config.KeepHead] is set and the head has been read.
func (s *Stream) Header() Header { return s.header }

// begun reports whether something of the response has arrived.
func (s *Stream) begun() bool { return s.heads > 0 }

// Release frees what is large of a response.
func (s *Stream) Release() {
	if s.body = s.body[:0]; s.lent || cap(s.body) > maxReusedBody {
		s.body, s.lent = nil, false
	}
	if s.header = s.header[:0]; cap(s.header) > maxReusedFields {
		s.header = nil
	}
}

func (s *Stream) open(id uint32, window int64) {
	s.Release()
	*s = Stream{
		Owner: s.Owner, id: id, phase: inHead, length: -1, body: s.body, cookies: s.cookies[:0],
		header: s.header[:0],
		room:   window, credit: window,
	}
}

// Cancel ends an open stream, of which there will be no event.
func (c *Conn) Cancel(s *Stream) {
	if c.streams[s.id] == s {
		_ = c.framer.WriteRSTStream(s.id, wire.ErrCodeCancel)
		c.remove(s)
	}
}

func (c *Conn) remove(s *Stream) {
	delete(c.streams, s.id)
	s.phase = closed
	if s.queued {
		c.dequeue(s)
	}
	s.unsent = nil
}

// fail ends a stream because of what the server has sent on it.
func (c *Conn) fail(s *Stream, code wire.ErrCode, err error) {
	_ = c.framer.WriteRSTStream(s.id, code)
	c.remove(s)
	c.emit(Failed, s, err)
}

// finish ends a stream with its response.
func (c *Conn) finish(s *Stream) {
	if s.size < s.length && (s.size > 0 || !s.hasNoBody()) {
		c.remove(s)
		c.emit(Failed, s, fmt.Errorf("the response ended after %d of %d bytes: %w", s.size, s.length, io.ErrUnexpectedEOF))
		return
	}
	if len(s.unsent) > 0 { // the server does not want the rest
		_ = c.framer.WriteRSTStream(s.id, wire.ErrCodeCancel)
	}
	c.remove(s)
	c.emit(Done, s, nil)
}

// hasNoBody reports whether a response has no body, whatever its Content-Length says.
func (s *Stream) hasNoBody() bool {
	return s.isHead || s.status == http.StatusNoContent || s.status == http.StatusNotModified
}

func (c *Conn) keeps(s *Stream) bool {
	return s.status < c.config.KeepBelow && !(c.config.Follow && redirect.Is(s.status))
}

// maxBody returns the largest size of the body, if it is kept.
func (c *Conn) maxBody(s *Stream) int64 {
	limit := c.config.MaxBody
	if s.coding != "" {
		limit += limit/256 + 1<<10
	}
	return limit
}

func (c *Conn) tooLarge(s *Stream) {
	c.fail(s, wire.ErrCodeCancel, fmt.Errorf("%w: more than %d bytes", ErrBodyTooLarge, c.maxBody(s)))
}
