package http1

import "bytes"

// partial collects the pieces of a block of lines, or of a line, that must be whole before it can be parsed.
type partial struct {
	bytes []byte
	line  int // where the last, incomplete line begins
}

// maxReusedPartial is the largest buffer, in bytes, that a parser keeps for the next response: there may be thousands of
// parsers, and the memory of one large head must be freed some time.
const maxReusedPartial = 4 << 10

func (p *partial) clear() {
	if cap(p.bytes) > maxReusedPartial {
		p.bytes = nil
	}
	p.bytes, p.line = p.bytes[:0], 0
}

// blockLength returns the length of the block of lines at the start of data, including the blank line that ends it, or 0 if
// data has no blank line. It sets line for a following add.
func (p *partial) blockLength(data []byte) int {
	p.line = 0
	for {
		length := bytes.IndexByte(data[p.line:], '\n')
		if length < 0 {
			return 0
		}
		line := data[p.line : p.line+length]
		p.line += length + 1
		if len(line) == 0 || len(line) == 1 && line[0] == '\r' {
			return p.line
		}
	}
}

// add collects the part of data that belongs to the block, and returns the block once it is whole.
func (p *partial) add(data []byte) (block []byte, n int) {
	if len(p.bytes) == 0 { // blockLength has searched all of data
		p.bytes = append(p.bytes, data...)
		return nil, len(data)
	}
	for n < len(data) {
		length := bytes.IndexByte(data[n:], '\n') + 1
		if length == 0 {
			p.bytes = append(p.bytes, data[n:]...)
			return nil, len(data)
		}
		p.bytes = append(p.bytes, data[n:n+length]...)
		n += length
		line := p.bytes[p.line:]
		p.line = len(p.bytes)
		if len(line) == 1 || len(line) == 2 && line[0] == '\r' {
			return p.bytes, n
		}
	}
	return nil, n
}

// addLine is add for a single line of at most limit bytes. It returns false for fits if the line is longer.
func (p *partial) addLine(data []byte, limit int) (line []byte, n int, fits bool) {
	n = bytes.IndexByte(data, '\n') + 1
	whole := n > 0
	if !whole {
		n = len(data)
	}
	if len(p.bytes)+n > limit {
		return nil, n, false
	}
	if whole && len(p.bytes) == 0 {
		return data[:n], n, true
	}
	p.bytes = append(p.bytes, data[:n]...)
	if !whole {
		return nil, n, true
	}
	return p.bytes, n, true
}
