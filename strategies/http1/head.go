package http1

import (
	"bytes"
	"fmt"
	"math"
	"net/http"
	"strconv"
)

// framing is what a head says about where the response ends.
type framing struct {
	length     []byte // the value of Content-Length; nil if there is none
	chunked    bool
	close      bool // Connection: close
	persistent bool // Connection: keep-alive
	encodings  int  // Transfer-Encoding headers
	other      bool // one of them is not chunked
}

// parseHead reads a head, blank line included, and decides what comes next.
func (p *Parser) parseHead(block []byte) error {
	line, rest := cut(block)
	version, err := p.parseStatus(line)
	if err != nil {
		return err
	}
	var f framing
	p.cookies = p.cookies[:0] // those of an interim response do not count
	for fields := newFields(rest); ; {
		name, value, more, err := fields.next()
		if err != nil {
			return err
		}
		if !more {
			return p.frame(&f, version)
		}
		if err := p.take(&f, name, value); err != nil {
			return err
		}
	}
}

// version is an HTTP version, ten times the major number and the minor one.
type version int

// plausible reports whether a head may begin so.
func plausible(begin []byte) bool {
	const proto = "HTTP/"
	n := min(len(begin), len(proto))
	return string(begin[:n]) == proto[:n]
}

// parseStatus reads a status line such as "HTTP/1.1 200 OK".
func (p *Parser) parseStatus(line []byte) (version, error) {
	const proto = "HTTP/x.y"
	if len(line) < len(proto)+1 || !plausible(line) || line[len(proto)] != ' ' ||
		!digit(line[5]) || line[6] != '.' || !digit(line[7]) {
		return 0, fmt.Errorf("%w: it begins with %.20q", ErrMalformed, line)
	}
	code, _, _ := bytes.Cut(bytes.TrimLeft(line[len(proto)+1:], " "), []byte{' '})
	status, err := strconv.Atoi(string(code)) // net/http reads it so: +99 is a number to both
	if len(code) != 3 || err != nil || status < 0 {
		return 0, fmt.Errorf("%w: the status is %.20q", ErrMalformed, code)
	}
	p.status = status
	return version(line[5]-'0')*10 + version(line[7]-'0'), nil
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

// take notes what a header says about the response.
func (p *Parser) take(f *framing, name, value []byte) error {
	switch len(name) { // few headers have these lengths, so that most are not compared with anything
	case len("Connection"): // and Set-Cookie
		switch {
		case is(name, "connection"):
			f.close = f.close || lists(value, "close")
			f.persistent = f.persistent || lists(value, "keep-alive")
		case is(name, "set-cookie"):
			p.cookies = append(p.cookies, string(value))
		}
	case len("Content-Length"):
		if !is(name, "content-length") {
			break
		}
		if f.length != nil && !bytes.Equal(f.length, value) {
			return fmt.Errorf("%w: Content-Length is both %.20q and %.20q", ErrMalformed, f.length, value)
		}
		f.length = value
	case len("Transfer-Encoding"):
		if is(name, "transfer-encoding") {
			f.encodings++
			f.chunked = is(value, "chunked")
			f.other = f.other || !f.chunked
		}
	}
	return nil
}

// frame decides where the response ends. Its order is that of RFC 9112, section 6.3.
func (p *Parser) frame(f *framing, v version) error {
	if 0 < v && v < 11 { // HTTP/1.0 has none; 0.0 is 1.1 to net/http
		f.encodings, f.chunked, f.other = 0, false, false
	}
	if f.encodings > 1 || f.other {
		return fmt.Errorf("%w: a Transfer-Encoding other than chunked", ErrMalformed)
	}
	length := untilClose
	if f.length != nil {
		var err error
		if length, err = decimal(f.length); err != nil {
			return err
		}
	}
	p.ends = f.close || v < 11 && (v < 10 || !f.persistent)
	switch s := p.status; {
	case s == http.StatusSwitchingProtocols:
		p.phase, p.ends = complete, true
	case s/100 == 1: // an interim response: the real one follows
	case p.head, s == http.StatusNoContent, s == http.StatusNotModified:
		p.phase = complete
	case f.chunked: // overrides a length, which has been checked nevertheless
		p.phase = inChunkSize
	case length == 0:
		p.phase = complete
	default:
		p.phase, p.left = inBody, length
		p.ends = p.ends || length == untilClose
	}
	return nil
}

// decimal reads digits and nothing else: neither sign, nor space, nor a list of the same twice.
func decimal(digits []byte) (n int64, err error) {
	for _, c := range digits {
		if !digit(c) || n > (math.MaxInt64-int64(c-'0'))/10 {
			return 0, fmt.Errorf("%w: Content-Length is %.20q", ErrMalformed, digits)
		}
		n = n*10 + int64(c-'0')
	}
	if len(digits) == 0 {
		return 0, fmt.Errorf("%w: Content-Length is empty", ErrMalformed)
	}
	return n, nil
}
