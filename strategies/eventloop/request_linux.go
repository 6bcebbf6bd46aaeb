package eventloop

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/http/httpguts"

	"sweetspot/strategies"
)

// A requestWriter writes the requests of a loop into one buffer, one after the other.
type requestWriter struct {
	target strategies.Target
	form

	address string // the URL of the request in the buffer
	buffer  []byte
}

// A form is what is the same in all requests with the same message.
type form struct {
	strategies.Message
	own    *strategies.Message // of the requests
	host   string              // the value of Host in Header, if it has one
	fields string              // the lines of the other headers
	cookie string              // the value of Cookie in Header
	closes bool                // Header asks the server to close the connection after the response
}

// writtenElsewhere are the headers of a message that other code writes, or that a client sets by itself.
var writtenElsewhere = []string{"Host", "Cookie", "Content-Length", "Transfer-Encoding", "Trailer"}

func newRequestWriter(t strategies.Target) requestWriter {
	return requestWriter{target: t, form: newForm(t, nil)}
}

func newForm(t strategies.Target, own *strategies.Message) form {
	w := form{Message: t.Message(own), own: own}
	w.host = w.Header.Get("Host")
	w.closes = httpguts.HeaderValuesContainsToken(w.Header.Values("Connection"), "close")
	w.cookie = strings.Join(w.Header.Values("Cookie"), "; ")
	names := make([]string, 0, len(w.Header))
	for name := range w.Header {
		if !slices.Contains(writtenElsewhere, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var fields strings.Builder
	for _, name := range names {
		for _, value := range w.Header[name] {
			if name == "User-Agent" && value == "" {
				continue // an empty value asks for no such header, as in net/http
			}
			fields.WriteString(name + ": " + value + "\r\n")
		}
	}
	if w.HasLength() {
		fields.WriteString("Content-Length: " + strconv.Itoa(len(w.Body)) + "\r\n")
	}
	w.fields = fields.String()
	return w
}

// write returns the bytes of a request, which are valid until the next call. The buffer is reused as it is if the URL and the
// message are the same as in the previous call and no server has set a cookie.
func (w *requestWriter) write(r *strategies.Request, h *host, jar *strategies.Cookies) ([]byte, error) {
	hasCookies, address := !jar.Empty(), r.URL
	if r.Message != w.own {
		w.form, w.address = newForm(w.target, r.Message), ""
	}
	if address == w.address && !hasCookies {
		return w.buffer, nil
	}
	cookie := w.cookie
	if hasCookies {
		parsed, err := url.Parse(address)
		if err != nil {
			return nil, err
		}
		cookie = jar.Header(parsed, w.Header)
	}
	b := append(w.buffer[:0], w.Method...)
	b = appendPath(append(b, ' '), address[len(h.prefix):])
	b = append(b, " HTTP/1.1\r\n"...)
	if w.host != "" {
		b = field(b, "Host", w.host)
	} else {
		b = field(b, "Host", h.header)
	}
	if user := h.authorization(); user != "" && w.Header.Get("Authorization") == "" {
		b = field(b, "Authorization", user)
	}
	b = append(b, w.fields...)
	if cookie != "" {
		b = field(b, "Cookie", cookie)
	}
	b = append(append(b, "\r\n"...), w.Body...)
	w.address, w.buffer = address, b
	return b, nil
}

// keep returns the rest of a request, which is still to be sent when the buffer holds another. If it is of the body, that is the same
// for all, so that requests with a large body take no memory each.
func (w *requestWriter) keep(rest []byte) []byte {
	if len(rest) <= len(w.Body) {
		return w.Body[len(w.Body)-len(rest):]
	}
	return slices.Clone(rest)
}

func field(b []byte, name, value string) []byte {
	return append(append(append(append(b, name...), ": "...), value...), "\r\n"...)
}

// appendPath appends a URL's path and query. It changes nothing but spaces, control characters and bytes beyond ASCII, which
// may not occur in the request line and are escaped.
func appendPath(b []byte, rest string) []byte {
	rest, _, _ = strings.Cut(rest, "#")
	if rest == "" || rest[0] != '/' {
		b = append(b, '/')
	}
	start := len(b)
	b = append(b, rest...)
	for _, c := range b[start:] {
		if c <= ' ' || c >= 0x7f {
			return escape(b[:start], rest)
		}
	}
	return b
}

func escape(b []byte, rest string) []byte {
	for i := range len(rest) {
		if c := rest[i]; c <= ' ' || c >= 0x7f {
			b = fmt.Appendf(b, "%%%02X", c)
		} else {
			b = append(b, c)
		}
	}
	return b
}
