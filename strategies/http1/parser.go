// Package http1 reads HTTP/1.1 responses from bytes that arrive in pieces of any size. It does no I/O: whoever has read
// something feeds it to a [Parser], which reads it in place and allocates nothing for a response that arrives whole.
//
// It reads what [net/http.ReadResponse] reads and refuses what that refuses, with these differences, all of which concern
// responses that no server in use sends:
//   - a head or a trailer longer than [Parser.MaxHead] is refused, and so is a body kept longer than [Parser.MaxBody];
//   - interim responses (1xx but 101) are read and skipped;
//   - a connection that switched protocols (101) is not reusable;
//   - a trailer whose lines end in a bare LF is read, where net/http wants CRLF twice somewhere in what follows;
//   - the header named Trailer is ignored, as the trailer itself is, once it has been checked.
package http1

import (
	"errors"
	"fmt"
	"io"
)

// The errors of a response that is not as it should be. What a Parser returns wraps one of them.
var (
	ErrMalformed = errors.New("malformed response") // not HTTP, or HTTP that could be read in more than one way
	ErrTooLarge  = errors.New("response too large") // beyond what MaxHead or MaxBody allow
)

// Limits of a Parser whose own are 0.
const (
	DefaultMaxHead = 256 << 10 // bytes; browsers stop there too
	DefaultMaxBody = 64 << 20  // bytes
)

// keepBody is the largest body, in bytes, whose memory is kept for the next.
const keepBody = 64 << 10

// A Parser reads one response after the other. The zero value is ready for the first; Reset makes it ready for the next.
type Parser struct {
	Keep    bool  // collect the body for Body, rather than count it only
	MaxHead int   // bytes of all heads of a response, and of its trailer; 0 stands for DefaultMaxHead
	MaxBody int64 // bytes of a body that is kept; 0 stands for DefaultMaxBody

	phase   phase
	head    bool // no body follows: the request was a HEAD
	ends    bool // the connection is of no use after this response
	status  int
	left    int64 // of the body, or of the chunk; untilClose if only the end of the connection tells
	size    int64 // of the body so far
	excess  int64 // see countChunk
	heads   int   // bytes of the interim responses' heads
	held    held
	body    []byte
	cookies []string
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

// Reset makes the parser ready for the response to a request; head says that the request's method was HEAD. What the
// parser returned before, Body included, is no longer valid.
func (p *Parser) Reset(head bool) {
	p.phase, p.head, p.ends = inHead, head, false
	p.status, p.left, p.size, p.excess, p.heads = 0, 0, 0, 0, 0
	p.held.clear()
	p.cookies = p.cookies[:0]
	if p.body = p.body[:0]; cap(p.body) > keepBody {
		p.body = nil
	}
}

// Feed reads data, the next piece of the connection's bytes. It returns how much of it belongs to the response, which is
// less than all only if the response is done or an error is returned. An error wraps ErrMalformed or ErrTooLarge; nothing
// may be fed after it.
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

// End is to be called when the connection has ended before the response was done. It returns nil if that was what the
// response ends with, io.EOF if there was none of it, and io.ErrUnexpectedEOF if it was cut short.
func (p *Parser) End() error {
	switch {
	case p.phase == inBody && p.left == untilClose:
		p.phase = complete
		return nil
	case p.phase == complete:
		return nil
	case !p.Begun():
		return io.EOF
	}
	return io.ErrUnexpectedEOF
}

// Begun reports whether anything of the response has arrived.
func (p *Parser) Begun() bool { return p.phase != inHead || p.heads > 0 || len(p.held.bytes) > 0 }

// Status returns the status code, once the head has been read.
func (p *Parser) Status() int { return p.status }

// Size returns how many bytes of body have been read.
func (p *Parser) Size() int64 { return p.size }

// Body returns what has been read of the body, if it is kept. It is valid until Reset.
func (p *Parser) Body() []byte { return p.body }

// Cookies returns the values of the Set-Cookie headers, once the head has been read.
func (p *Parser) Cookies() []string { return p.cookies }

// Reusable reports whether the connection can carry another request after this response, as far as the response says.
func (p *Parser) Reusable() bool { return p.phase == complete && !p.ends }

// step reads something of data, which is not empty, and returns how much.
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
		if err == nil && !plausible(p.held.bytes) { // nobody need wait for a head that is none
			err = fmt.Errorf("%w: it begins with %.20q", ErrMalformed, p.held.bytes)
		}
		return n, err
	}
	p.heads += len(block)
	err = p.parseHead(block)
	p.held.clear()
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
	p.held.clear()
	p.phase = complete
	return n, nil
}

// block returns the lines up to a blank one, and how much of data belongs to them, or nil if the blank line has not come
// yet. Blocks that come in several pieces are put together in held, so that each byte is looked at a fixed number of times.
func (p *Parser) block(data []byte, before int) (block []byte, n int, err error) {
	most := p.MaxHead
	if most == 0 {
		most = DefaultMaxHead
	}
	if len(p.held.bytes) == 0 {
		if end := p.held.blank(data); end > 0 {
			block, n = data[:end], end
		}
	}
	if block == nil {
		block, n = p.held.add(data)
	}
	if before+max(len(block), len(p.held.bytes)) > most {
		return nil, n, fmt.Errorf("%w: more than %d bytes of headers", ErrTooLarge, most)
	}
	return block, n, nil
}

// readBody reads what is left of the body, or of a chunk of it.
func (p *Parser) readBody(data []byte) (int, error) {
	n := len(data)
	if p.left != untilClose {
		n = int(min(int64(n), p.left))
		p.left -= int64(n)
	}
	p.size += int64(n)
	if p.Keep {
		most := p.MaxBody
		if most == 0 {
			most = DefaultMaxBody
		}
		if p.size > most {
			return n, fmt.Errorf("%w: more than %d bytes of body", ErrTooLarge, most)
		}
		p.body = append(p.body, data[:n]...)
	}
	switch {
	case p.left != 0:
	case p.phase == inChunk:
		p.phase = inChunkEnd
	default:
		p.phase = complete
	}
	return n, nil
}
