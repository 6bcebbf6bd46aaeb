package http1

import (
	"bytes"
	"fmt"
)

// fields iterates over the header lines of a block.
type fields struct {
	rest  []byte
	first bool
}

func newFields(block []byte) fields { return fields{rest: block, first: true} }

// next returns the next header, or false at the blank line. The slices are valid as long as the block is.
func (f *fields) next() (name, value []byte, more bool, err error) {
	if f.first && len(f.rest) > 0 && space(f.rest[0]) {
		return nil, nil, false, fmt.Errorf("%w: the first header %.20q begins with a space", ErrMalformed, f.rest)
	}
	f.first = false
	line, rest := cut(f.rest)
	if len(line) == 0 {
		return nil, nil, false, nil
	}
	f.rest = rest
	colon := bytes.IndexByte(line, ':')
	if colon < 0 {
		return nil, nil, false, fmt.Errorf("%w: the header %.40q has no colon", ErrMalformed, line)
	}
	if len(rest) > 0 && space(rest[0]) {
		line = f.unfold(line)
	}
	name, value = line[:colon], trim(line[colon+1:])
	if !validName(name) || !validValue(value) {
		return nil, nil, false, fmt.Errorf("%w: the header %.40q has an invalid character", ErrMalformed, line)
	}
	return name, value, true, nil
}

// unfold joins a line and the lines that continue it by spaces. RFC 9112 permits a client to accept such obsolete line folding.
func (f *fields) unfold(line []byte) []byte {
	whole := append([]byte(nil), trim(line)...) // rare, so it may allocate
	for len(f.rest) > 0 && space(f.rest[0]) {
		line, f.rest = cut(f.rest)
		whole = append(append(whole, ' '), trim(line)...)
	}
	return whole
}

// cut returns the first line without its LF or CRLF, and the rest after it.
func cut(block []byte) (line, rest []byte) {
	end := bytes.IndexByte(block, '\n')
	if end < 0 {
		return block, nil
	}
	line, rest = block[:end], block[end+1:]
	if end > 0 && line[end-1] == '\r' {
		line = line[:end-1]
	}
	return line, rest
}

func space(c byte) bool { return c == ' ' || c == '\t' }

func trim(b []byte) []byte {
	for len(b) > 0 && space(b[0]) {
		b = b[1:]
	}
	for len(b) > 0 && space(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

// token says which characters a header's name may have (RFC 9110, section 5.6.2). It also has the space: net/http accepts it,
// and takes "Content-Length " for a name that differs from Content-Length.
var token = func() (table [256]bool) {
	for _, c := range "!#$%&'*+-.^_`|~ 0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" {
		table[c] = true
	}
	return table
}()

func validName(name []byte) bool {
	for _, c := range name {
		if !token[c] {
			return false
		}
	}
	return len(name) > 0
}

// validValue refuses control characters other than the tab.
func validValue(value []byte) bool {
	for _, c := range value {
		if c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

// equalFold reports whether text equals want, which is in lower case, without regard to case.
func equalFold(text []byte, want string) bool {
	if len(text) != len(want) {
		return false
	}
	for i, c := range text {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != want[i] {
			return false
		}
	}
	return true
}

// hasToken reports whether a comma-separated list contains want, which is in lower case, without regard to case.
func hasToken(list []byte, want string) bool {
	for more := true; more; {
		var item []byte
		item, list, more = bytes.Cut(list, []byte{','})
		if equalFold(trim(item), want) {
			return true
		}
	}
	return false
}
