package strategies_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"syscall"
	"testing"

	"github.com/valyala/fasthttp"

	"sweetspot/strategies"
	"sweetspot/strategies/http1"
	"sweetspot/strategies/network"
)

func TestFailedFindsTheClassOfWrappedErrors(t *testing.T) {
	for _, test := range []struct {
		err  error
		want strategies.Class
	}{
		{syscall.ECONNREFUSED, strategies.Refused},
		{syscall.ECONNRESET, strategies.Reset},
		{syscall.EPIPE, strategies.Reset},
		{io.EOF, strategies.Reset},
		{network.ErrStale, strategies.Reset},
		{context.DeadlineExceeded, strategies.Timeout},
		{os.ErrDeadlineExceeded, strategies.Timeout},
		{fasthttp.ErrTimeout, strategies.Timeout},
		{&net.DNSError{Err: "no such host", Name: "nowhere.invalid", IsNotFound: true}, strategies.Unresolved},
		{&net.DNSError{Err: "i/o timeout", Name: "slow.invalid", IsTimeout: true}, strategies.Timeout},
		{io.ErrUnexpectedEOF, strategies.Truncated},
		{http1.ErrMalformed, strategies.Malformed},
		{http1.ErrTooLarge, strategies.Malformed},
		{fmt.Errorf("%w: %w", http1.ErrMalformed, io.ErrUnexpectedEOF), strategies.Malformed},
		{&network.TLSError{Err: io.EOF}, strategies.BadTLS},
		{net.ErrClosed, strategies.Other},
		{syscall.EADDRNOTAVAIL, strategies.Other},
		{errors.New("something else"), strategies.Other},
	} {
		for _, err := range []error{
			test.err, fmt.Errorf("get: %w", test.err), &url.Error{Op: "Get", URL: "http://h/chunk/malformed", Err: test.err},
			&net.OpError{Op: "read", Err: test.err},
		} {
			if got := strategies.Failed(err).Class; got != test.want {
				t.Errorf("%v is of class %v, want %v", err, got, test.want)
			}
		}
	}
}

func TestAnsweredLooksAtTheStatusThenAtTheBody(t *testing.T) {
	odd := errors.New("not JSON")
	for _, test := range []struct {
		status int
		err    error
		want   strategies.Class
	}{
		{200, nil, strategies.OK}, {204, nil, strategies.OK}, {302, nil, strategies.OK},
		{400, nil, strategies.BadStatus}, {500, odd, strategies.BadStatus}, {200, odd, strategies.Undecodable},
	} {
		if got := strategies.Answered(test.status, 0, test.err).Class; got != test.want {
			t.Errorf("status %d with error %v is of class %v, want %v", test.status, test.err, got, test.want)
		}
	}
}
