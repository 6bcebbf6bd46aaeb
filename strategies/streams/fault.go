package streams

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"

	"golang.org/x/net/http2"

	"sweetspot/strategies/http1"
)

// ErrReset is the error of a request whose stream the server has reset.
var ErrReset = errors.New("the server reset the stream")

// ErrRefused is the error of a request that the server has not processed, and says so, or cannot have seen.
var ErrRefused = fmt.Errorf("%w: it has not processed the request", ErrReset)

// The faults of a server that closes the connection too early.
var (
	errNoResponse = fmt.Errorf("the server closed the connection without a response: %w", io.EOF)
	errBrokenOff  = fmt.Errorf("the server closed the connection within the response: %w", io.ErrUnexpectedEOF)
)

// What net/http says, in errors that it does not export, of requests that the server has not processed: those above the last
// stream of a GOAWAY, and those for which the connection turned out to be closed.
var unprocessed = []string{
	"http2: Transport received Server's graceful shutdown GOAWAY",
	"http2: Transport received GOAWAY from server",
	"http2: client conn not usable",
	"http2: client conn could not be established",
}

// cause returns the cause of the error that net/http gives to a request, as an error whose class is known. Begun says that the
// head of the response was received before.
func (c *HTTP2) cause(err error, begun bool) error {
	var stream http2.StreamError
	fault := c.shared.Fault()
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &stream):
		return streamFault(stream)
	case errors.Is(fault, net.ErrClosed):
		return fault
	case c.isUnprocessed(err):
		return fmt.Errorf("%w: %v", ErrRefused, err)
	case fault == io.EOF && begun:
		return errBrokenOff
	case fault == io.EOF && strings.Contains(err.Error(), "GOAWAY"): // it has a reason
		return fmt.Errorf("%w: %v", errNoResponse, err)
	case fault == io.EOF:
		return errNoResponse
	case fault != nil:
		return fault
	case errors.Is(err, io.ErrUnexpectedEOF): // the stream has ended before its length
		return errBrokenOff
	}
	return fmt.Errorf("%w: %w", http1.ErrMalformed, err)
}

func (c *HTTP2) isUnprocessed(err error) bool {
	for _, text := range unprocessed {
		if strings.Contains(err.Error(), text) {
			return true
		}
	}
	return false
}

// opening returns the cause of an error before the first request.
func (c *HTTP2) opening(err error) error {
	if err == io.EOF {
		return errNoResponse
	}
	if fault := c.shared.Fault(); fault != nil && fault != io.EOF {
		return fault
	}
	return err
}

// fromPeer is the text by which net/http says that the server, not net/http itself, has ended the stream.
const fromPeer = "received from peer"

// streamFault returns the cause of an error of a stream.
func streamFault(e http2.StreamError) error {
	switch {
	case e.Cause == nil || e.Cause.Error() != fromPeer:
		return fmt.Errorf("%w: %w", http1.ErrMalformed, e)
	case e.Code == http2.ErrCodeRefusedStream:
		return fmt.Errorf("%w (%v)", ErrRefused, e.Code)
	}
	return fmt.Errorf("%w (%v)", ErrReset, e.Code)
}
