package streams

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"

	"sweetspot/strategies/http1"
	"sweetspot/strategies/network"
)

// handshakeFault returns the cause of an error before a connection is open.
func handshakeFault(err error) error {
	var timeout interface{ Timeout() bool }
	if errors.As(err, &timeout) && timeout.Timeout() {
		return fmt.Errorf("QUIC handshake: the server does not answer in QUIC: %w", os.ErrDeadlineExceeded)
	}
	return connectionFault(err, false)
}

// noProtocolAlert is TLS's no_application_protocol (RFC 7301, section 3.2).
const noProtocolAlert = 120

// unusable is how quic-go names a connection on which it could not begin a request, by an error without a type.
const unusable = "http3: conn unusable"

// cause returns the cause of the error that quic-go gives to a request, as an error whose class is known. Begun says that the head
// of the response was received before.
func (c *HTTP3) cause(ctx context.Context, err error, begun bool) error {
	var stream *quic.StreamError
	switch {
	case ctx.Err() != nil: // quic-go has reset the stream for that reason
		return ctx.Err()
	case c.network.Closed() != nil:
		return c.network.Closed()
	case strings.HasPrefix(err.Error(), unusable):
		c.ending.Store(true)
		return fmt.Errorf("%w: %v", ErrRefused, err)
	case errors.As(err, &stream):
		return streamFault3(stream, err)
	case errors.Is(err, net.ErrClosed): // it wraps the reason, which comes before the context of the connection ends
		return connectionFault(err, begun)
	case c.quic.Context().Err() != nil:
		return connectionFault(context.Cause(c.quic.Context()), begun)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errBrokenOff
	case errors.Is(err, io.EOF):
		return errNoResponse
	}
	return fmt.Errorf("%w: %w", http1.ErrMalformed, err)
}

// streamFault3 returns the cause of an error of a stream.
func streamFault3(stream *quic.StreamError, err error) error {
	switch {
	case !stream.Remote:
		return fmt.Errorf("%w: %v", http1.ErrMalformed, err)
	case http3.ErrCode(stream.ErrorCode) == http3.ErrCodeRequestRejected:
		return fmt.Errorf("%w (%v)", ErrRefused, err)
	}
	return fmt.Errorf("%w (%v)", ErrReset, err)
}

// connectionFault returns the cause of an error of the whole connection; begun is that of cause. quic-go's own errors wrap
// net.ErrClosed, which here means that the session was closed.
func connectionFault(err error, begun bool) error {
	var (
		application *quic.ApplicationError
		transport   *quic.TransportError
		timeout     interface{ Timeout() bool }
	)
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Errorf("the connection is gone: %v: %w", err, os.ErrDeadlineExceeded)
	case errors.As(err, &application):
		return applicationFault(application, begun)
	case errors.As(err, &transport) && transport.ErrorCode.IsCryptoError(): // after the handshake, for the client's certificate
		return secureFault(transport)
	case errors.As(err, &transport) && !transport.Remote:
		return fmt.Errorf("%w: %v", http1.ErrMalformed, err)
	}
	return fmt.Errorf("%w: it closed the connection: %v", ErrReset, err)
}

// secureFault returns the cause of an error of TLS.
func secureFault(err *quic.TransportError) error {
	if err.ErrorCode&0xff == noProtocolAlert {
		return &network.TLSError{Err: fmt.Errorf("QUIC handshake: the server does not speak h3: %w", network.ErrProtocol)}
	}
	return &network.TLSError{Err: fmt.Errorf("QUIC handshake: %v", err)}
}

// applicationFault returns the cause of an end of the connection that HTTP/3 has decided on, on one side.
func applicationFault(end *quic.ApplicationError, begun bool) error {
	orderly := http3.ErrCode(end.ErrorCode) == http3.ErrCodeNoError
	switch {
	case orderly && !end.Remote && !begun: // after a GOAWAY
		return fmt.Errorf("%w: %v", ErrRefused, end)
	case !end.Remote:
		return fmt.Errorf("%w: %v", http1.ErrMalformed, end)
	case orderly && begun:
		return errBrokenOff
	case orderly:
		return errNoResponse
	}
	return fmt.Errorf("%w: it closed the connection: %v", ErrReset, end)
}
