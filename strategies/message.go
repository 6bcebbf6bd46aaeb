package strategies

import "net/http"

// A Message is what a request sends beside its URL.
type Message struct {
	Method string
	Header http.Header
	Body   []byte
}

// IsHead reports whether the method is HEAD, whose responses have no body.
func (m *Message) IsHead() bool { return m.Method == http.MethodHead }

// HasLength reports whether the request has a Content-Length: if it has a body, or a method that usually has one.
func (m *Message) HasLength() bool {
	return len(m.Body) > 0 || m.Method == http.MethodPost || m.Method == http.MethodPut || m.Method == http.MethodPatch
}

// MethodOf returns the method of a request. The target must have its defaults.
func (t Target) MethodOf(r *Request) string {
	if r.Message != nil && r.Message.Method != "" {
		return r.Message.Method
	}
	return t.Method
}

// Message returns what a request sends whose [Request.Message] is own: the target's method, headers and body, with those of own
// in their place. The target must have its defaults. The result must not be changed.
func (t Target) Message(own *Message) Message {
	whole := Message{t.Method, t.Header, t.Body}
	if own == nil {
		return whole
	}
	if own.Method != "" {
		whole.Method = own.Method
	}
	if own.Body != nil {
		whole.Body = own.Body
	}
	if len(own.Header) > 0 {
		whole.Header = t.Header.Clone()
		for name, values := range own.Header {
			whole.Header[http.CanonicalHeaderKey(name)] = values
		}
	}
	return whole
}
