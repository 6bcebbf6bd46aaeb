package http1

import (
	"bytes"
	"fmt"
	"math"
	"net/http"
	"strconv"
)

// framing is what the headers say about where the response ends.
type framing struct {
	length     []byte // the value of Content-Length; nil if there is none
	chunked    bool
	close      bool // Connection: close
	keepAlive  bool // Connection: keep-alive
	encodings  int  // Transfer-Encoding headers
	notChunked bool // one of them is not "chunked"
}

// parseHead parses a head, including its blank line, and decides what comes next.
func (p *Parser) parseHead(block []byte) error {
	line, rest := cut(block)
	version, err := p.parseStatus(line)
	if err != nil {
		return err
	}
	var f framing
	p.cookies, p.coding, p.location = p.cookies[:0], "", nil // those of an interim response are ignored
	for fields := newFields(rest); ; {
		name, value, more, err := fields.next()
		if err != nil {
			return err
		}
		if !more {
			return p.frame(&f, version)
		}
		if err := p.readField(&f, name, value); err != nil {
			return err
		}
	}
}

// version is an HTTP version: ten times the major number plus the minor one.
type version int

// beginsAsHTTP reports whether a head may begin with these bytes, of which there may be too few to be certain.
func beginsAsHTTP(begin []byte) bool {
	const proto = "HTTP/"
	n := min(len(begin), len(proto))
	return string(begin[:n]) == proto[:n]
}

// parseStatus parses a status line such as "HTTP/1.1 200 OK".
func (p *Parser) parseStatus(line []byte) (version, error) {
	const proto = "HTTP/x.y"
	if len(line) < len(proto)+1 || !beginsAsHTTP(line) || line[len(proto)] != ' ' ||
		!digit(line[5]) || line[6] != '.' || !digit(line[7]) {
		return 0, fmt.Errorf("%w: it begins with %.20q", ErrMalformed, line)
	}
	code, _, _ := bytes.Cut(bytes.TrimLeft(line[len(proto)+1:], " "), []byte{' '})
	status, err := strconv.Atoi(string(code))
	if len(code) != 3 || err != nil || status < http.StatusContinue {
		return 0, fmt.Errorf("%w: the status is %.20q", ErrMalformed, code)
	}
	p.status = status
	return version(line[5]-'0')*10 + version(line[7]-'0'), nil
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

// readField records what a header says about the framing, and keeps cookies and where a redirect leads.
func (p *Parser) readField(f *framing, name, value []byte) error {
	switch len(name) { // the length alone rules out most headers without a comparison
	case len("Location"):
		if p.location == nil && p.follows() && equalFold(name, "location") {
			location := string(value)
			p.location = &location
		}
	case len("Connection"): // and Set-Cookie
		switch {
		case equalFold(name, "connection"):
			f.close = f.close || hasToken(value, "close")
			f.keepAlive = f.keepAlive || hasToken(value, "keep-alive")
		case equalFold(name, "set-cookie"):
			p.cookies = append(p.cookies, string(value))
		}
	case len("Content-Length"):
		if !equalFold(name, "content-length") {
			break
		}
		if f.length != nil && !bytes.Equal(f.length, value) {
			return fmt.Errorf("%w: Content-Length is both %.20q and %.20q", ErrMalformed, f.length, value)
		}
		f.length = value
	case len("Content-Encoding"):
		if equalFold(name, "content-encoding") && !equalFold(value, "identity") {
			p.coding = string(value)
		}
	case len("Transfer-Encoding"):
		if equalFold(name, "transfer-encoding") {
			f.encodings++
			f.chunked = equalFold(value, "chunked")
			f.notChunked = f.notChunked || !f.chunked
		}
	}
	return nil
}

// frame decides where the response ends, in the order of RFC 9112, section 6.3.
func (p *Parser) frame(f *framing, v version) error {
	if 0 < v && v < 11 { // HTTP/1.0 has no transfer encodings; net/http takes 0.0 for 1.1
		f.encodings, f.chunked, f.notChunked = 0, false, false
	}
	if f.encodings > 1 || f.notChunked {
		return fmt.Errorf("%w: a Transfer-Encoding other than chunked", ErrMalformed)
	}
	length := untilClose
	if f.length != nil {
		var err error
		if length, err = decimal(f.length); err != nil {
			return err
		}
	}
	p.closes = f.close || v < 11 && (v < 10 || !f.keepAlive)
	switch s := p.status; {
	case s == http.StatusSwitchingProtocols:
		return fmt.Errorf("%w: it switches protocols, which no request asked for", ErrMalformed)
	case s/100 == 1: // an interim response: another head follows
	case p.isHead, s == http.StatusNoContent, s == http.StatusNotModified:
		p.phase = complete
	case f.chunked: // overrides a Content-Length, which must be valid nevertheless
		p.phase = inChunkSize
		p.closes = p.closes || f.length != nil
	case length == 0:
		p.phase = complete
	case p.keeps() && length > p.maxBody():
		return p.tooLarge()
	default:
		p.phase, p.left = inBody, length
		p.closes = p.closes || length == untilClose
	}
	return nil
}

// decimal parses digits and nothing else: no sign, no space, no list.
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
