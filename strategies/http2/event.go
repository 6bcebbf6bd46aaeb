package http2

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"syscall"

	wire "golang.org/x/net/http2"
)

// An Event is what became of a stream. Its Stream is no longer open, unless the Kind is Wants.
type Event struct {
	Kind   Kind
	Stream *Stream
	Err    error // of Failed: an error of this package, io.EOF or io.ErrUnexpectedEOF, or the one that was given to End
}

// Kind is a kind of event.
type Kind uint8

const (
	Done    Kind = iota // the response is whole
	Failed              // there will be no whole response: see Err
	Refused             // the server has not processed the request, which may be made anew: elsewhere, if the connection is Ending
	Wants               // the body is kept, and the server may send no more of it before a call of Allow: see Stream.Wanted
)

// The errors of an invalid response or connection.
var (
	ErrMalformed    = errors.New("malformed HTTP/2")        // what arrived breaks RFC 9113, or is sent without end
	ErrTooLarge     = errors.New("response too large")      // its header fields are larger than Config.MaxHead
	ErrBodyTooLarge = errors.New("response body too large") // a body that is kept is, or will be, larger than Config.MaxBody
)

// RefusedStream is the code of a stream that the server has not processed.
const RefusedStream = uint32(wire.ErrCodeRefusedStream)

// A ResetError is the error of a request whose stream or connection was ended by the server: by RST_STREAM, or by GOAWAY and the
// end of the connection.
type ResetError struct {
	Code    uint32 // RFC 9113, section 7
	Message string // with a GOAWAY
	GoAway  bool
}

// Is reports whether target is [syscall.ECONNRESET], which is the same on a connection without streams.
func (e *ResetError) Is(target error) bool { return target == syscall.ECONNRESET }

// Error names the code as the RFC does.
func (e *ResetError) Error() string {
	code := wire.ErrCode(e.Code).String()
	if !e.GoAway {
		return fmt.Sprintf("the server reset the stream: %s", code)
	}
	if e.Message != "" {
		return fmt.Sprintf("the server ended the connection: %s: %q", code, e.Message)
	}
	return fmt.Sprintf("the server ended the connection: %s", code)
}

// A brokenError is the error of a broken connection, with the code that the server is sent.
type brokenError struct {
	error
	code wire.ErrCode
}

func (e brokenError) Unwrap() error { return e.error }

// broken returns the error of a connection that what arrived has broken.
func broken(code wire.ErrCode, format string, args ...any) error {
	return brokenError{fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, args...)), code}
}

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, args...))
}

func (c *Conn) emit(kind Kind, s *Stream, err error) {
	c.events = append(c.events, Event{Kind: kind, Stream: s, Err: err})
}

// End must be called when the connection has ended: err is the error with which it did so, or nil if the server has closed it
// in an orderly way. It returns the events of the streams that were open.
func (c *Conn) End(err error) []Event {
	c.events = c.events[:0]
	for _, s := range c.above(0) {
		reason := err
		switch {
		case reason != nil:
		case c.goAway != nil && c.goAway.code != wire.ErrCodeNo:
			reason = &ResetError{Code: uint32(c.goAway.code), Message: c.goAway.message, GoAway: true}
		case s.begun():
			reason = fmt.Errorf("the connection ended within the response: %w", io.ErrUnexpectedEOF)
		default:
			reason = fmt.Errorf("the server closed the connection without a response: %w", io.EOF)
		}
		c.remove(s)
		c.emit(Failed, s, reason)
	}
	if c.err == nil {
		c.err = cmp.Or(err, io.EOF)
	}
	return c.events
}

// above returns the open streams with a larger ID than id, in the order in which they were opened.
func (c *Conn) above(id uint32) []*Stream {
	var streams []*Stream
	for _, s := range c.streams {
		if s.id > id {
			streams = append(streams, s)
		}
	}
	slices.SortFunc(streams, func(a, b *Stream) int { return cmp.Compare(a.id, b.id) })
	return streams
}
