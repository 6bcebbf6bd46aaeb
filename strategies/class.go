package strategies

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"syscall"

	"sweetspot/strategies/http1"
)

// A Class says how a request ended.
type Class uint8

// The classes. Every one but OK is a failure.
const (
	OK          Class = iota // a whole response with a status below 400
	Refused                  // nothing listens at the address
	Reset                    // the connection was closed or reset before the response began, or reset within it
	Timeout                  // connecting or the whole request took longer than its timeout
	BadStatus                // a whole response with a status of 400 or above
	Truncated                // the response ended early
	Unresolved               // the host's name has no address
	BadTLS                   // the TLS handshake or the certificate failed
	Malformed                // the response is not HTTP, or larger than the client accepts
	Undecodable              // the response was whole but its body is not JSON, or Target.Handle rejected it
	TooLarge                 // the body to be decoded or handed to Target.Handle is larger than Target.MaxBody
	Other                    // anything else: see Outcome.Err
	classCount  = iota
)

var classNames = [classCount]string{
	"ok", "refused", "reset", "timeout", "status", "truncated", "dns", "tls", "malformed", "decode", "too-large", "other",
}

// String returns the class's name, as in tables and JSON.
func (c Class) String() string { return classNames[c] }

// ParseClass returns the class with that name, as String returns it. It returns false for known if there is none.
func ParseClass(name string) (c Class, known bool) {
	i := slices.Index(classNames[:], name)
	return Class(max(i, 0)), i >= 0
}

// Failures returns every class but OK.
func Failures() []Class {
	all := make([]Class, 0, classCount-1)
	for c := OK + 1; c < classCount; c++ {
		all = append(all, c)
	}
	return all
}

// Failed returns the outcome of a request that ended with a client's error. An error that it does not recognize is of class
// [Other].
func Failed(err error) Outcome { return Outcome{Class: classify(err), Err: err} }

// Answered returns the outcome of a request with a whole response, whose body has that many bytes. If err is not nil, it says
// what is wrong with the body.
func Answered(status int, bytes int64, err error) Outcome {
	if errors.Is(err, errNoMemory) {
		return Failed(err)
	}
	o := Outcome{Status: status, Bytes: bytes, Err: err}
	switch {
	case status >= 400:
		o.Class = BadStatus
	case errors.Is(err, ErrTooLarge):
		o.Class = TooLarge
	case err != nil:
		o.Class = Undecodable
	}
	return o
}

// classify returns the class of a client's error. It looks at types first, and then at the texts of the errors to which
// net/http and fasthttp give no type.
func classify(err error) Class {
	if wrapped := (*url.Error)(nil); errors.As(err, &wrapped) {
		err = wrapped.Err // its text does not contain the URL, in which any word may occur
	}
	var (
		dns         *net.DNSError
		timeout     interface{ Timeout() bool }
		certificate *tls.CertificateVerificationError
		record      tls.RecordHeaderError
		alert       tls.AlertError
		authority   x509.UnknownAuthorityError
		hostname    x509.HostnameError
	)
	switch {
	case errors.As(err, &dns) && !dns.IsTimeout:
		return Unresolved
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded),
		errors.As(err, &timeout) && timeout.Timeout():
		return Timeout
	case errors.Is(err, syscall.ECONNREFUSED):
		return Refused
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, errRetry):
		return Reset
	case errors.As(err, &certificate), errors.As(err, &record), errors.As(err, &alert),
		errors.As(err, &authority), errors.As(err, &hostname):
		return BadTLS
	case errors.Is(err, io.ErrUnexpectedEOF):
		return Truncated
	case errors.Is(err, http1.ErrMalformed), errors.Is(err, http1.ErrTooLarge):
		return Malformed
	}
	if class := classifyText(err.Error()); class != Other {
		return class
	}
	if errors.Is(err, io.EOF) {
		return Reset
	}
	return Other
}

func classifyText(text string) Class {
	for _, known := range []struct {
		part  string
		class Class
	}{
		{"server closed", Reset}, // net/http: an idle connection; fasthttp: before the first byte
		{"tls: ", BadTLS},
		{"HTTP response to HTTPS client", BadTLS},
		{"timed out", Timeout},
		{"when reading response headers: EOF", Truncated},
		{"when reading response headers", Malformed},
		{"malformed", Malformed},
		{"bad Content-Length", Malformed},
		{"chunk", Malformed},
		{"hex number", Malformed}, // fasthttp: of a chunk's size
	} {
		if strings.Contains(text, known.part) {
			return known.class
		}
	}
	return Other
}
