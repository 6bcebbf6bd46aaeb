package http1

import "bytes"

// held is the part that has arrived of something that must be whole before it can be read.
type held struct {
	bytes []byte
	line  int // where the line begins that has not ended yet
}

// keepHeld is the largest buffer, in bytes, that a parser keeps from one response to the next: one of thousands should not hold on to
// what one large head needed.
const keepHeld = 4 << 10

func (h *held) clear() {
	if cap(h.bytes) > keepHeld {
		h.bytes = nil
	}
	h.bytes, h.line = h.bytes[:0], 0
}

// blank returns where the block of lines ends that data begins with, a blank line included, or 0 if it does not end there.
// Line is left where the last line begins.
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

// add holds as much of data as belongs to the block, and returns the block once it is whole.
func (h *held) add(data []byte) (block []byte, n int) {
	if len(h.bytes) == 0 { // blank has been through all of it
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

// addLine is add for a single line of at most so many bytes; what would be more is not held.
func (h *held) addLine(data []byte, most int) (line []byte, n int, fits bool) {
	n = bytes.IndexByte(data, '\n') + 1
	whole := n > 0
	if !whole {
		n = len(data)
	}
	if len(h.bytes)+n > most {
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
