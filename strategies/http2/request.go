package http2

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	wire "golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// A Message is what requests send that differ only in their paths and cookies.
type Message struct {
	Method    string
	Scheme    string      // "http" or "https"
	Authority string      // the host, with the port if it is not the scheme's
	Header    http.Header // Cookie, and what HTTP/2 does not allow, are left out: see notInHTTP2
	Body      []byte
	HasLength bool // send Content-Length
}

// A Form is a Message in the form in which HTTP/2 sends it. It may be used by any number of requests and connections.
type Form struct {
	before, after []hpack.HeaderField // before and after :path
	body          []byte
	head          bool // the method is HEAD
}

// NewForm returns the form of a message.
func NewForm(m Message) *Form {
	return &Form{
		before: []hpack.HeaderField{
			{Name: ":method", Value: m.Method},
			{Name: ":scheme", Value: m.Scheme},
			{Name: ":authority", Value: m.Authority},
		},
		after: m.fields(),
		body:  m.Body,
		head:  m.Method == http.MethodHead,
	}
}

// notInHTTP2 are the headers that HTTP/2 does not have (RFC 9113, section 8.2.2), or that are written elsewhere.
var notInHTTP2 = []string{
	"Connection", "Keep-Alive", "Proxy-Connection", "Transfer-Encoding", "Upgrade",
	"Host", "Cookie", "Content-Length", "Trailer",
}

// fields returns the header fields after :path, in lower case and sorted.
func (m Message) fields() []hpack.HeaderField {
	var all []hpack.HeaderField
	for name, values := range m.Header {
		for _, value := range values {
			switch {
			case slices.Contains(notInHTTP2, http.CanonicalHeaderKey(name)):
			case strings.EqualFold(name, "TE") && value != "trailers":
			case strings.EqualFold(name, "User-Agent") && value == "": // asks for no such header, as in net/http
			default:
				all = append(all, hpack.HeaderField{Name: strings.ToLower(name), Value: value})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b hpack.HeaderField) int { return strings.Compare(a.Name, b.Name) })
	if m.HasLength {
		all = append(all, hpack.HeaderField{Name: "content-length", Value: strconv.Itoa(len(m.Body))})
	}
	return all
}

// OpenStream begins a request on s, which must not be open. There must be Room. The path is a valid :path; the cookie is the
// value of Cookie, or "" for none.
func (c *Conn) OpenStream(s *Stream, form *Form, path, cookie string) {
	s.open(c.nextID, c.config.window())
	s.isHead, s.unsent, s.window = form.head, form.body, c.initialWindow
	c.nextID += 2
	c.streams[s.id] = s
	fragment := c.requests.block(form, path, cookie)
	first := fragment[:min(len(fragment), int(c.maxFrame))]
	fragment = fragment[len(first):]
	_ = c.framer.WriteHeaders(wire.HeadersFrameParam{
		StreamID: s.id, BlockFragment: first, EndStream: len(s.unsent) == 0, EndHeaders: len(fragment) == 0,
	})
	for len(fragment) > 0 {
		next := fragment[:min(len(fragment), int(c.maxFrame))]
		fragment = fragment[len(next):]
		_ = c.framer.WriteContinuation(s.id, len(fragment) == 0, next)
	}
	c.enqueue(s)
}

// A requestEncoder encodes the header fields of requests. Those of a form enter the table of header fields with its first
// request. The others, :path and Cookie, never do, so the table remains as it is, and with it the encoding of the form's fields,
// which is therefore kept.
type requestEncoder struct {
	encoder *hpack.Encoder
	out     output // of encoder
	form    *Form  // of the latest request
	prefix  []byte // what form.before is encoded to,
	suffix  []byte // and form.after,
	steady  bool   // if they are known
}

func (e *requestEncoder) open() { e.encoder = hpack.NewEncoder(&e.out) }

// setTableSize applies the server's limit on the table. The encoder has a limit of its own, 4096 bytes.
func (e *requestEncoder) setTableSize(bytes uint32) {
	e.encoder.SetMaxDynamicTableSize(bytes)
	e.steady = false
}

// block returns the header block of a request. It is valid until the next call.
func (e *requestEncoder) block(form *Form, path, cookie string) []byte {
	if form != e.form {
		e.form, e.steady = form, false
	}
	e.out.bytes = e.out.bytes[:0]
	changed := e.encode(form.before, e.prefix)
	prefix := len(e.out.bytes)
	_ = e.encoder.WriteField(hpack.HeaderField{Name: ":path", Value: path, Sensitive: path != "/"}) // HTTP/2 has an index for "/"
	suffix := len(e.out.bytes)
	changed = e.encode(form.after, e.suffix) || changed
	if !e.steady && !changed {
		e.prefix, e.suffix = slices.Clone(e.out.bytes[:prefix]), slices.Clone(e.out.bytes[suffix:])
		e.steady = true
	}
	if cookie != "" {
		_ = e.encoder.WriteField(hpack.HeaderField{Name: "cookie", Value: cookie, Sensitive: true})
	}
	return e.out.bytes
}

// encode appends the encoding of fields, which is known if the encoder is steady. It reports whether that has changed the table.
func (e *requestEncoder) encode(fields []hpack.HeaderField, known []byte) (changed bool) {
	if e.steady {
		e.out.bytes = append(e.out.bytes, known...)
		return false
	}
	for _, f := range fields {
		start := len(e.out.bytes)
		_ = e.encoder.WriteField(f)
		first := e.out.bytes[start]
		changed = changed || first&0xc0 == 0x40 || first&0xe0 == 0x20 // a field for the table, or its size: RFC 7541, section 6
	}
	return changed
}
