package http1

import (
	"bytes"
	"fmt"
)

const (
	maxChunkLine = 4096 // bytes, including CRLF
	maxDigits    = 16   // of a chunk's size, including leading zeros

	// The allowance for the line of a chunk is overheadPerChunk bytes, and overheadPerByte more for every byte of the chunk.
	overheadPerChunk, overheadPerByte = 16, 2
	// maxExcess is the number of bytes by which the chunk lines of a response may exceed their allowance in all, so that a
	// server cannot send extensions without end. These figures are those of net/http.
	maxExcess = 16 << 10
)

// readChunkSize reads the line before a chunk: the size in hexadecimal, and extensions, which are ignored.
func (p *Parser) readChunkSize(data []byte) (int, error) {
	line, n, fits := p.partial.addLine(data, maxChunkLine)
	if !fits {
		return n, fmt.Errorf("%w: the line with a chunk's size is longer than %d bytes", ErrMalformed, maxChunkLine)
	}
	if line == nil {
		return n, nil
	}
	// These lines, unlike others, must not end in a bare LF (RFC 9112, erratum 7633): two readers could see different chunks.
	if end := bytes.IndexByte(line, '\r'); end < 0 || end != len(line)-2 {
		return n, fmt.Errorf("%w: a chunk's size %.20q does not end in CRLF", ErrMalformed, line)
	}
	line = line[:len(line)-2]
	digits, _, _ := bytes.Cut(bytes.TrimRight(line, " \t"), []byte{';'})
	size, err := hexadecimal(digits)
	if err != nil {
		return n, err
	}
	if err := p.countChunk(len(line), size); err != nil {
		return n, err
	}
	p.partial.clear()
	p.left, p.phase = size, inChunk
	if size == 0 {
		p.phase = inTrailer
	}
	return n, nil
}

// countChunk adds a chunk's line, whose length excludes CRLF, to the excess, and refuses the response if that is too large.
func (p *Parser) countChunk(line int, size int64) error {
	p.excess += int64(line+len("\r\n")) - overheadPerChunk - overheadPerByte*min(size, maxExcess)
	p.excess = max(p.excess, 0)
	if p.excess > maxExcess {
		return fmt.Errorf("%w: its chunks have too many bytes of extensions", ErrMalformed)
	}
	return nil
}

// readChunkEnd reads the CRLF after a chunk, whose LF may arrive later.
func (p *Parser) readChunkEnd(data []byte) (int, error) {
	line, n, fits := p.partial.addLine(data[:min(len(data), len("\r\n"))], len("\r\n"))
	switch {
	case fits && string(line) == "\r\n":
		p.partial.clear()
		p.phase = inChunkSize
	case !fits, line != nil, p.partial.bytes[0] != '\r', len(p.partial.bytes) == len("\r\n"):
		return n, fmt.Errorf("%w: a chunk is longer than its size", ErrMalformed)
	}
	return n, nil
}

// hexadecimal parses digits and nothing else: no sign, no space, no 0x.
func hexadecimal(digits []byte) (n int64, err error) {
	if len(digits) == 0 || len(digits) > maxDigits {
		return 0, fmt.Errorf("%w: a chunk's size has %d digits, want 1 to %d", ErrMalformed, len(digits), maxDigits)
	}
	for _, c := range digits {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, fmt.Errorf("%w: a chunk's size is %.20q", ErrMalformed, digits)
		}
		n = n<<4 | int64(c)
	}
	if n < 0 {
		return 0, fmt.Errorf("%w: a chunk's size is %s, which is too large", ErrMalformed, digits)
	}
	return n, nil
}
