package strategies

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"syscall"

	"sweetspot/strategies/http1"
	"sweetspot/strategies/http2"
	"sweetspot/strategies/network"
	"sweetspot/strategies/redirect"
	"sweetspot/strategies/streams"
)

// A Class says how a request ended.
type Class uint8

// The classes. Every one but OK is a failure.
const (
	OK          Class = iota // a whole response with a status below 400, or one that Target.Expect accepted
	Refused                  // nothing listens at the address, or a proxy refuses to connect to it
	Reset                    // the connection was closed or reset before the response began, or reset within it
	Timeout                  // connecting or the whole request took longer than its timeout
	BadStatus                // a whole response with a status of 400 or above
	Truncated                // the response ended early
	Unresolved               // the host's name has no address
	BadTLS                   // the TLS handshake or the certificate failed
	Malformed                // the response is not HTTP, or larger than the client accepts
	Undecodable              // the response was whole but its body is not JSON, or Target.Handle rejected it
	TooLarge                 // the body to be decoded or handed to Target.Handle is larger than Target.MaxBody
	Unexpected               // a whole response that Target.Expect rejected, or a redirect that is to be followed and leads nowhere
	Other                    // anything else: see Outcome.Err
	classCount  = iota
)

var classNames = [classCount]string{
	"ok", "refused", "reset", "timeout", "status", "truncated", "dns", "tls", "malformed", "decode", "too-large", "unexpected", "other",
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
	return answered(status, bytes, err, status >= http.StatusBadRequest)
}

// answered is Answered; bad says whether the status makes it a failure.
func answered(status int, bytes int64, err error, bad bool) Outcome {
	if errors.Is(err, errNoMemory) {
		return Failed(err)
	}
	o := Outcome{Status: status, Bytes: bytes, Err: err}
	switch {
	case bad:
		o.Class = BadStatus
	case errors.Is(err, ErrTooLarge):
		o.Class = TooLarge
	case errors.Is(err, ErrUnexpected), errors.Is(err, redirect.ErrNowhere):
		o.Class = Unexpected
	case err != nil:
		o.Class = Undecodable
	}
	return o
}

// classify returns the class of a client's error, by its type. The libraries give no type to what they do not accept in a
// response, but [network.Conn.Refused] does.
func classify(err error) Class {
	var (
		dns     *net.DNSError
		timeout interface{ Timeout() bool }
		secure  *network.TLSError
	)
	switch {
	case errors.Is(err, http1.ErrMalformed), errors.Is(err, http1.ErrTooLarge),
		errors.Is(err, http2.ErrMalformed), errors.Is(err, http2.ErrTooLarge):
		return Malformed
	case errors.Is(err, net.ErrClosed): // the session was closed, and only for that reason
		return Other
	case errors.As(err, &dns) && !dns.IsTimeout:
		return Unresolved
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded),
		errors.As(err, &timeout) && timeout.Timeout():
		return Timeout
	case errors.As(err, &secure):
		return BadTLS
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, network.ErrProxyRefused), errors.Is(err, syscall.ENOENT): // of a Unix socket
		return Refused
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, network.ErrStale), errors.Is(err, streams.ErrReset):
		return Reset
	case errors.Is(err, io.ErrUnexpectedEOF):
		return Truncated
	case errors.Is(err, io.EOF):
		return Reset
	}
	return Other
}
