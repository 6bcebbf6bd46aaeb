package streams

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"

	"sweetspot/strategies/http1"
	"sweetspot/strategies/network"
)

// openToQUIC opens a connection to a server that accepts connections and does nothing else.
func openToQUIC(t *testing.T) *HTTP3 {
	t.Helper()
	signed := httptest.NewTLSServer(nil)
	defer signed.Close()
	listener, err := quic.ListenAddr("127.0.0.1:0", http3.ConfigureTLSConfig(&tls.Config{Certificates: signed.TLS.Certificates}), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	n := network.New(5*time.Second, time.Minute)
	t.Cleanup(n.Close)
	c, err := OpenHTTP3(t.Context(), n, listener.Addr().String(), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h3"}}, 100)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// A request has the error of its connection before the connection itself says that it has ended.
func TestCauseDoesNotWaitForTheEndOfTheConnection(t *testing.T) {
	c := openToQUIC(t)
	secure := func(err error) bool { var of *network.TLSError; return errors.As(err, &of) }
	is := func(target error) func(error) bool { return func(err error) bool { return errors.Is(err, target) } }
	reset := func(err error) bool { return errors.Is(err, ErrReset) && !errors.Is(err, ErrRefused) }
	for _, test := range []struct {
		name  string
		err   error
		begun bool
		want  func(error) bool
	}{
		{"the server closes", &quic.ApplicationError{Remote: true, ErrorCode: 0x100}, false, is(io.EOF)},
		{"the server closes within a response", &quic.ApplicationError{Remote: true, ErrorCode: 0x100}, true, is(io.ErrUnexpectedEOF)},
		{"the server closes for an error", &quic.ApplicationError{Remote: true, ErrorCode: 0x107}, true, reset},
		{"quic-go closes after a GOAWAY", &quic.ApplicationError{ErrorCode: 0x100}, false, is(ErrRefused)},
		{"quic-go closes for an error", &quic.ApplicationError{ErrorCode: 0x105}, false, is(http1.ErrMalformed)},
		{"the server refuses the certificate", &quic.TransportError{Remote: true, ErrorCode: 0x174}, false, secure},
		{"the server breaks QUIC", &quic.TransportError{ErrorCode: quic.FlowControlError}, false, is(http1.ErrMalformed)},
		{"the server ends QUIC", &quic.TransportError{Remote: true, ErrorCode: quic.InternalError}, false, reset},
		{"nothing has come for long", &quic.IdleTimeoutError{}, false, is(os.ErrDeadlineExceeded)},
		{"the server has forgotten the connection", &quic.StatelessResetError{}, false, reset},
	} {
		got := c.cause(context.Background(), fmt.Errorf("http3: parsing frame failed: %w", test.err), test.begun)
		if !test.want(got) {
			t.Errorf("%s: got %v", test.name, got)
		}
	}
}

// A handshake may take as long as the dial timeout, which may be longer than the 5 s of quic-go.
func TestTheDialTimeoutAloneBoundsAHandshake(t *testing.T) {
	if got := settings3().HandshakeIdleTimeout; got < time.Minute {
		t.Errorf("quic-go gives up a handshake after %v, want that it leaves it to the context", got)
	}
}
