package strategies

import (
	"errors"
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

// An Expectation says which whole responses are successes. Package expect makes one from expressions.
//
// A response with a status of 400 or above is a failure of class [BadStatus] as ever, unless the Expectation is about the status:
// then it alone decides, and an expected 404 is a success.
type Expectation struct {
	Texts  []string // the expressions, for users
	Status bool     // Check looks at the status
	Body   bool     // Check looks at the body, which is kept for that
	Header bool     // Check looks at headers, which are kept for that

	// Check returns nil if the answer is as expected, and else an error that wraps [ErrUnexpected]. Several goroutines may call
	// it at a time.
	Check func(Answer) error
}

// ErrUnexpected is the error of a response that [Target.Expect] rejects.
var ErrUnexpected = errors.New("not as expected")

// ErrExpect is the error of Open if the target expects something that the strategy, whose requests another process makes, does
// not report.
var ErrExpect = errors.New("no other process reports bodies and headers: want expectations about status and bytes alone")

// KeepsHeader reports whether a client must keep the headers of responses, for Handle or for Expect.
func (t Target) KeepsHeader() bool { return t.Handle != nil || t.Expect != nil && t.Expect.Header }

// Answered returns the outcome of a request with a whole response. If Inspects returns true, err is that of Examine; else the
// response is judged by what a says about it.
func (t Target) Answered(r *Request, a Answer, err error) Outcome {
	if t.Expect == nil {
		return Answered(a.Status, a.Bytes, err)
	}
	if err == nil && !t.Inspects(r, a.Status) {
		err = t.expect(a)
	}
	return answered(a.Status, a.Bytes, err, a.Status >= http.StatusBadRequest && !t.Expect.Status)
}

// expect returns the error of an answer that Expect rejects.
func (t Target) expect(a Answer) error {
	if t.Expect == nil || a.Status >= http.StatusBadRequest && !t.Expect.Status {
		return nil
	}
	return t.Expect.Check(a)
}
