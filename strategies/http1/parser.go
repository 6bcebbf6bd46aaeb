// Package http1 parses HTTP/1.1 responses from bytes that arrive in pieces of any size. It does no I/O: the event loops of
// package eventloop read from their sockets and pass the bytes to [Parser.Feed]. A [Parser] reads them in place and allocates
// nothing for a response that arrives in one piece.
//
// It accepts what [net/http.ReadResponse] accepts and refuses what that refuses, with these differences. All of them concern
// responses that no common server sends:
//   - a head or a trailer longer than [Parser.MaxHead] is refused, and so is a kept body longer than [Parser.MaxBody];
//   - a status below 100 is refused, and so is a switch of protocols (101), for which no request of ours asks;
//   - other interim responses (1xx) are read and skipped;
//   - after a response with both Content-Length and chunks, the connection is not reusable (RFC 9112, section 6.1);
//   - a trailer whose lines end in a bare LF is accepted, where net/http wants CRLF twice somewhere in what follows;
//   - the Trailer header is ignored; the trailer itself is checked and then ignored.
package http1

import (
	"errors"
	"fmt"
	"io"

	"sweetspot/strategies/redirect"
)

// The errors of an invalid response. Every error that a Parser returns from Feed wraps one of them.
var (
	ErrMalformed    = errors.New("malformed response")      // not HTTP, or HTTP that can be read in more than one way
	ErrTooLarge     = errors.New("response too large")      // its head or trailer is larger than MaxHead
	ErrBodyTooLarge = errors.New("response body too large") // a body that is kept is, or will be, larger than MaxBody
)

// The limits of a Parser whose fields are 0.
const (
	DefaultMaxHead = 256 << 10 // bytes; the limit of common browsers
	DefaultMaxBody = 64 << 20  // bytes
)

// maxReusedBody is the largest body, in bytes, whose memory is reused for the next.
const maxReusedBody = 64 << 10

// A Parser parses one response after the other. The zero value is ready for the first; Reset makes it ready for the next. It
// is not safe for concurrent use.
type Parser struct {
	// KeepBelow has the body of a response whose status is below it kept for Body. Of other bodies only the bytes are counted.
	KeepBelow int
	// KeepHead has the head of a response kept for Header.
	KeepHead bool
	// Follow has where a redirect leads kept for Location, and its body is not kept.
	Follow  bool
	MaxHead int // largest size of all heads of a response together, and of its trailer, in bytes; 0 means DefaultMaxHead
	// MaxBody is the largest size of a body that is kept, in bytes; 0 means DefaultMaxBody. A body with a Content-Encoding may
	// be a little larger: to compress it may have made it longer.
	MaxBody int64

	phase   phase
	isHead  bool // the request was a HEAD, so no body follows
	closes  bool // the connection cannot carry another request after this response
	status  int
	left    int64 // bytes of the body, or of the chunk, that are still to come; untilClose if the body ends with the connection
	size    int64 // bytes of the body so far
	excess  int64 // bytes of chunk lines beyond their allowance so far: see countChunk
	heads   int   // bytes of the interim responses' heads
	partial partial
	head    Header
	body    []byte
	lent    bool // body is not the parser's: see SetBody
	cookies []string
	coding  string // the value of Content-Encoding

	location *string // the value of Location, of a redirect; nil if there is none, or it is not wanted
}

// phase is what a Parser expects next.
type phase uint8

const (
	inHead phase = iota
	inBody
	inChunkSize
	inChunk
	inChunkEnd
	inTrailer
	complete
)

// untilClose is the length of a body that ends when the connection does.
const untilClose int64 = -1

// Reset makes the parser ready for the response to the next request; head says that the method of that request is HEAD. What
// the parser returned before, including Body, is no longer valid.
func (p *Parser) Reset(head bool) {
	p.phase, p.isHead, p.closes = inHead, head, false
	p.status, p.left, p.size, p.excess, p.heads = 0, 0, 0, 0, 0
	p.partial.clear()
	p.cookies, p.coding, p.location = p.cookies[:0], "", nil
	if p.head = p.head[:0]; cap(p.head) > maxReusedPartial {
		p.head = nil
	}
	if p.body = p.body[:0]; p.lent || cap(p.body) > maxReusedBody {
		p.body, p.lent = nil, false
	}
}

// Feed parses data, the next bytes of the connection, and keeps no reference to it. It returns how many of them belong to the
// response: fewer than all only if the response is done or there is an error. An error wraps ErrMalformed, ErrTooLarge or
// ErrBodyTooLarge; after an error, Feed must not be called again before Reset.
func (p *Parser) Feed(data []byte) (n int, done bool, err error) {
	for n < len(data) && p.phase != complete {
		used, err := p.step(data[n:])
		n += used
		if err != nil {
			return n, false, err
		}
	}
	return n, p.phase == complete, nil
}

// End must be called when the connection ends before the response is done. It returns nil if the end of the connection is
// the end of the response, which then is done, [io.EOF] if nothing of the response has arrived, and [io.ErrUnexpectedEOF] if
// the response is incomplete.
func (p *Parser) End() error {
	switch {
	case p.phase == inBody && p.left == untilClose:
		p.phase = complete
		return nil
	case p.phase == complete:
		return nil
	case p.phase == inHead && p.heads == 0 && len(p.partial.bytes) == 0:
		return io.EOF
	}
	return io.ErrUnexpectedEOF
}

// Status returns the status code, once the head has been read.
func (p *Parser) Status() int { return p.status }

// Size returns the number of bytes of the body so far.
func (p *Parser) Size() int64 { return p.size }

// Body returns the body so far, if it is kept. It is valid until Reset.
func (p *Parser) Body() []byte { return p.body }

// Wanted returns the number of bytes that Body may have after a Feed with at most n more bytes. If the length of the body is
// known, it is that length. It is 0 if the body is not kept, or will not grow.
func (p *Parser) Wanted(n int) int64 {
	if !p.keeps() || p.phase == inHead || p.phase >= inTrailer {
		return 0
	}
	if p.phase == inBody && p.left != untilClose {
		return p.size + p.left
	}
	return min(int64(len(p.body))+int64(n), p.maxBody())
}

// SetBody makes the parser append the rest of the body to buffer, which must have the contents of Body. Reset forgets the
// buffer.
func (p *Parser) SetBody(buffer []byte) { p.body, p.lent = buffer, true }

// ContentEncoding returns the value of the Content-Encoding header, once the head has been read.
func (p *Parser) ContentEncoding() string { return p.coding }

// Cookies returns the values of the Set-Cookie headers, once the head has been read.
func (p *Parser) Cookies() []string { return p.cookies }

// Location returns the value of the first Location header of a redirect, if Follow is set and the head has been read; it is empty if
// there is none.
func (p *Parser) Location() string {
	if p.location == nil {
		return ""
	}
	return *p.location
}

// Header returns the header of the response, if KeepHead is set and the head has been read. It is valid until Reset.
func (p *Parser) Header() Header { return p.head }

// Reusable reports whether, according to the response, the connection can carry another request after it.
func (p *Parser) Reusable() bool { return p.phase == complete && !p.closes }

// step parses some of data, which is not empty, and returns how much.
func (p *Parser) step(data []byte) (int, error) {
	switch p.phase {
	case inHead:
		return p.readHead(data)
	case inBody, inChunk:
		return p.readBody(data)
	case inChunkSize:
		return p.readChunkSize(data)
	case inChunkEnd:
		return p.readChunkEnd(data)
	default:
		return p.readTrailer(data)
	}
}

func (p *Parser) readHead(data []byte) (int, error) {
	block, n, err := p.block(data, p.heads)
	if err != nil || block == nil {
		if err == nil && !beginsAsHTTP(p.partial.bytes) { // refuse at once what is not HTTP: its blank line may never come
			err = fmt.Errorf("%w: it begins with %.20q", ErrMalformed, p.partial.bytes)
		}
		return n, err
	}
	p.heads += len(block)
	err = p.parseHead(block)
	if p.KeepHead && err == nil && p.phase != inHead { // not of an interim response
		p.head = append(p.head[:0], block...)
	}
	p.partial.clear()
	return n, err
}

func (p *Parser) readTrailer(data []byte) (int, error) {
	block, n, err := p.block(data, 0)
	if err != nil || block == nil {
		return n, err
	}
	for fields := newFields(block); ; {
		_, _, more, err := fields.next()
		if err != nil {
			return n, err
		}
		if !more {
			break
		}
	}
	p.partial.clear()
	p.phase = complete
	return n, nil
}

// block returns the lines up to the blank one, and how much of data belongs to them. The block is nil if the blank line has
// not arrived yet. A block that arrives in several pieces is collected in partial, in time proportional to its length. The size of
// earlier blocks, before, counts towards MaxHead.
func (p *Parser) block(data []byte, before int) (block []byte, n int, err error) {
	limit := p.MaxHead
	if limit == 0 {
		limit = DefaultMaxHead
	}
	if len(p.partial.bytes) == 0 {
		if end := p.partial.blockLength(data); end > 0 {
			block, n = data[:end], end
		}
	}
	if block == nil {
		block, n = p.partial.add(data)
	}
	if before+max(len(block), len(p.partial.bytes)) > limit {
		return nil, n, fmt.Errorf("%w: more than %d bytes of headers", ErrTooLarge, limit)
	}
	return block, n, nil
}

// readBody reads the rest of the body, or of a chunk.
func (p *Parser) readBody(data []byte) (int, error) {
	n := len(data)
	if p.left != untilClose {
		n = int(min(int64(n), p.left))
	}
	p.count(int64(n))
	if p.keeps() {
		if p.size > p.maxBody() {
			return n, p.tooLarge()
		}
		p.body = append(p.body, data[:n]...)
	}
	return n, nil
}

// count takes note of n bytes of the body, or of a chunk.
func (p *Parser) count(n int64) {
	p.size += n
	if p.left != untilClose {
		p.left -= n
	}
	switch {
	case p.left != 0:
	case p.phase == inChunk:
		p.phase = inChunkEnd
	default:
		p.phase = complete
	}
}

func (p *Parser) keeps() bool { return p.status < p.KeepBelow && !p.follows() }

// follows reports whether the response is a redirect that the caller follows.
func (p *Parser) follows() bool { return p.Follow && redirect.Is(p.status) }

func (p *Parser) maxBody() int64 {
	limit := p.MaxBody
	if limit == 0 {
		limit = DefaultMaxBody
	}
	if p.coding != "" {
		limit += limit/256 + 1<<10
	}
	return limit
}

func (p *Parser) tooLarge() error {
	return fmt.Errorf("%w: more than %d bytes", ErrBodyTooLarge, p.maxBody())
}
