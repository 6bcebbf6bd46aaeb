package strategies

import (
	"iter"
	"net/http"
	"strings"

	"github.com/valyala/fasthttp"
)

// An Answer is a whole response, as [Target.Handle] and [Target.Expect] receive it. It is valid until they return.
type Answer struct {
	Status int
	Bytes  int64  // of the body, as it was sent
	Header Header // nil if neither Handle nor Expect looks at it
	Body   []byte // after gzip is decoded; empty if the response can have none
}

// A Header is the header of a response, in the form in which its client has it. Nothing is copied until it is asked for.
type Header interface {
	// Get returns the value of the first field of that name, in any case; it is empty if there is none.
	Get(name string) string
	// All returns the names and values of all fields.
	All() iter.Seq2[string, string]
}

// netHTTPHeader is the header of a response of the standard library.
type netHTTPHeader http.Header

func (h netHTTPHeader) Get(name string) string { return http.Header(h).Get(name) }

func (h netHTTPHeader) All() iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for name, values := range h {
			for _, value := range values {
				if !yield(name, value) {
					return
				}
			}
		}
	}
}

// fastHTTPHeader is the header of a response of fasthttp, which has the cookies elsewhere than the other fields.
type fastHTTPHeader struct{ *fasthttp.ResponseHeader }

func (h fastHTTPHeader) Get(name string) string {
	for key, value := range h.All() {
		if strings.EqualFold(key, name) {
			return value
		}
	}
	return ""
}

func (h fastHTTPHeader) All() iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for name, value := range h.ResponseHeader.All() {
			if !yield(string(name), string(value)) {
				return
			}
		}
	}
}
