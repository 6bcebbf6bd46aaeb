package http1

import "bytes"

// held collects the pieces of a block or line that must be whole before it can be parsed.
type held struct {
	bytes []byte
	line  int // where the last, incomplete line begins
}

// maxReusedHeld is the largest buffer, in bytes, that a parser keeps for the next response: there may be thousands of parsers,
// and one large head should not occupy memory for ever.
const maxReusedHeld = 4 << 10

func (h *held) clear() {
	if cap(h.bytes) > maxReusedHeld {
		h.bytes = nil
	}
	h.bytes, h.line = h.bytes[:0], 0
}

// blank returns the length of the block of lines at the start of data, including its blank line, or 0 if data has no blank
// line. It sets h.line to where the last line begins.
func (h *held) blank(data []byte) int {
	h.line = 0
	for {
		length := bytes.IndexByte(data[h.line:], '\n')
		if length < 0 {
			return 0
		}
		line := data[h.line : h.line+length]
		h.line += length + 1
		if len(line) == 0 || len(line) == 1 && line[0] == '\r' {
			return h.line
		}
	}
}

// add collects the part of data that belongs to the block, and returns the block once it is whole.
func (h *held) add(data []byte) (block []byte, n int) {
	if len(h.bytes) == 0 { // blank has searched all of data
		h.bytes = append(h.bytes, data...)
		return nil, len(data)
	}
	for n < len(data) {
		length := bytes.IndexByte(data[n:], '\n') + 1
		if length == 0 {
			h.bytes = append(h.bytes, data[n:]...)
			return nil, len(data)
		}
		h.bytes = append(h.bytes, data[n:n+length]...)
		n += length
		line := h.bytes[h.line:]
		h.line = len(h.bytes)
		if len(line) == 1 || len(line) == 2 && line[0] == '\r' {
			return h.bytes, n
		}
	}
	return nil, n
}

// addLine is add for a single line of at most limit bytes. It returns false for fits if the line is longer.
func (h *held) addLine(data []byte, limit int) (line []byte, n int, fits bool) {
	n = bytes.IndexByte(data, '\n') + 1
	whole := n > 0
	if !whole {
		n = len(data)
	}
	if len(h.bytes)+n > limit {
		return nil, n, false
	}
	if whole && len(h.bytes) == 0 {
		return data[:n], n, true
	}
	h.bytes = append(h.bytes, data[:n]...)
	if !whole {
		return nil, n, true
	}
	return h.bytes, n, true
}
