package http2

import (
	"fmt"
	"math"
	"net/http"
	"strings"

	"golang.org/x/net/http/httpguts"
	wire "golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"sweetspot/strategies/redirect"
)

// hpackTable is the size in bytes of the table of header fields that the server may fill: the default of HTTP/2. It is sent all the
// same. Nginx puts every field into the table and takes none from it; once it has been sent a size, it makes the table one of 0
// bytes, which spares the client the work of keeping it.
const hpackTable = 4096

// maxReusedBlock is the largest buffer for a header block, in bytes, that is kept for the next.
const maxReusedBlock = 4 << 10

// A block is a header block that comes in several frames.
type block struct {
	stream uint32
	ends   bool // the stream ends with it
	bytes  []byte
}

func (c *Conn) readHeaders(f *wire.HeadersFrame) error {
	if f.HeadersEnded() {
		return c.readBlock(f.StreamID, f.StreamEnded(), f.HeaderBlockFragment())
	}
	c.block.stream, c.block.ends = f.StreamID, f.StreamEnded()
	c.block.bytes = append(c.block.bytes[:0], f.HeaderBlockFragment()...)
	return nil
}

func (c *Conn) readContinuation(f *wire.ContinuationFrame) error {
	b := &c.block
	if b.bytes = append(b.bytes, f.HeaderBlockFragment()...); len(b.bytes) > c.head.limit {
		return brokenError{c.head.tooLarge(), wire.ErrCodeEnhanceYourCalm}
	}
	if !f.HeadersEnded() {
		return nil
	}
	err := c.readBlock(b.stream, b.ends, b.bytes)
	if cap(b.bytes) > maxReusedBlock {
		b.bytes = nil
	}
	return err
}

// readBlock reads a whole header block. It must be decoded even if its stream is closed, since it may change the table of
// header fields.
func (c *Conn) readBlock(id uint32, ends bool, fragment []byte) error {
	s, err := c.stream(id, wire.FrameHeaders)
	if err != nil {
		return err
	}
	c.head.reset(s)
	c.decoder.SetEmitEnabled(s != nil)
	_, err = c.decoder.Write(fragment)
	if err == nil {
		err = c.decoder.Close()
	}
	switch {
	case err == hpack.ErrStringLength:
		return brokenError{c.head.tooLarge(), wire.ErrCodeEnhanceYourCalm}
	case err != nil:
		return broken(wire.ErrCodeCompression, "header fields: %v", err)
	case s == nil:
		return nil
	}
	if err := c.respond(s, ends); err != nil {
		c.fail(s, wire.ErrCodeProtocol, err)
	}
	return nil
}

// respond handles the header fields of a response, of an interim response before it, or of the trailer after it.
func (c *Conn) respond(s *Stream, ends bool) error {
	h := &c.head
	s.heads = h.size
	switch {
	case h.err != nil:
		return h.err
	case s.phase == inBody && !ends:
		return malformed("header fields within the body")
	case s.phase == inBody:
		c.useless = 0
		c.finish(s)
		return nil
	case h.status == 0:
		return malformed("no :status")
	case h.status == http.StatusSwitchingProtocols:
		return malformed("the response switches protocols, which HTTP/2 does not know")
	case h.status/100 == 1 && ends:
		return malformed("the stream ended after an interim response")
	case h.status/100 == 1:
		s.cookies, s.header, s.location = s.cookies[:0], s.header[:0], nil
		return nil
	}
	c.useless = 0
	s.phase, s.status, s.length, s.coding = inBody, h.status, h.length, h.coding
	switch {
	case ends:
		c.finish(s)
	case c.keeps(s) && s.length > c.maxBody(s) && !s.hasNoBody():
		c.tooLarge(s)
	default:
		c.replenish(s)
	}
	return nil
}

// A head collects the header fields of a block.
type head struct {
	decoder *hpack.Decoder // whose fields these are
	limit   int            // bytes
	keeps   bool           // the fields are kept in the stream
	follow  bool           // and so is the Location of a redirect
	stream  *Stream        // to which they belong

	status  int // 0 if there was no :status
	length  int64
	coding  string
	size    int  // bytes of the fields, and of those that the stream had before
	regular bool // there was a field other than :status
	err     error
}

func (h *head) reset(s *Stream) {
	*h = head{decoder: h.decoder, limit: h.limit, keeps: h.keeps, follow: h.follow, stream: s, length: -1}
	if s != nil {
		h.size = s.heads
	}
}

func (h *head) tooLarge() error {
	return fmt.Errorf("%w: more than %d bytes of headers", ErrTooLarge, h.limit)
}

// add takes the next field of the block.
func (h *head) add(f hpack.HeaderField) {
	if h.size += int(f.Size()); h.size > h.limit {
		h.err = h.tooLarge()
	} else {
		h.err = h.read(f.Name, f.Value)
	}
	if h.err != nil {
		h.decoder.SetEmitEnabled(false) // the rest is read for the table of header fields only
	}
}

func (h *head) read(name, value string) error {
	trailer := h.stream.phase == inBody
	if strings.HasPrefix(name, ":") {
		switch {
		case trailer, h.regular, name != ":status", h.status != 0:
			return malformed("the header field %.40q out of place", name)
		case len(value) != 3 || !digits(value) || value[0] == '0':
			return malformed("the status is %.20q", value)
		}
		h.status = int(value[0]-'0')*100 + int(value[1]-'0')*10 + int(value[2]-'0')
		return nil
	}
	h.regular = true
	switch {
	case !validName(name):
		return malformed("the name of a header field is %.40q", name)
	case !httpguts.ValidHeaderFieldValue(value):
		return malformed("the value of the header field %s", name)
	case trailer:
		return nil
	}
	return h.readField(name, value)
}

// readField takes from a field of the response what matters here.
func (h *head) readField(name, value string) error {
	if h.keeps {
		h.stream.header = append(h.stream.header, hpack.HeaderField{Name: name, Value: value})
	}
	switch name {
	case "content-length":
		length, err := decimal(value)
		if err != nil || h.length >= 0 && length != h.length {
			return malformed("Content-Length is %.20q", value)
		}
		h.length = length
	case "content-encoding":
		if !strings.EqualFold(value, "identity") {
			h.coding = value
		}
	case "location":
		if h.stream.location == nil && h.follow && redirect.Is(h.status) {
			location := value // not &value, which would take memory for every field
			h.stream.location = &location
		}
	case "set-cookie":
		h.stream.cookies = append(h.stream.cookies, value)
	case "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade": // RFC 9113, section 8.2.2
		return malformed("the header field %s, which belongs to HTTP/1", name)
	}
	return nil
}

// validName reports whether a name is a token in lower case.
func validName(name string) bool {
	for i := range len(name) {
		if c := name[i]; 'A' <= c && c <= 'Z' || !httpguts.IsTokenRune(rune(c)) {
			return false
		}
	}
	return name != ""
}

func digits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text != ""
}

// decimal parses digits and nothing else: no sign, no space, no list.
func decimal(text string) (n int64, err error) {
	if !digits(text) {
		return 0, ErrMalformed
	}
	for i := range len(text) {
		if n > (math.MaxInt64-int64(text[i]-'0'))/10 {
			return 0, ErrMalformed
		}
		n = n*10 + int64(text[i]-'0')
	}
	return n, nil
}
