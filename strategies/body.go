package strategies

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// ErrTooLarge is the error of a body that is larger than [Target.MaxBody].
var ErrTooLarge = errors.New("the body is larger than the limit for bodies that are decoded")

// Receive reads the body of a response with that status to its end and returns the request's outcome. Encoding is the value of
// the response's Content-Encoding. If the target has a Handle and the status is below 400, Receive decodes gzip, and hands the
// body to Handle, unless it is larger than MaxBody: then the rest of it is not read. Every other body is discarded as it comes.
// The outcome counts the bytes that were read from body.
//
// It is for clients whose target comes from [Target.InProcess].
func (t Target) Receive(r *Request, status int, encoding string, body io.Reader) Outcome {
	if !t.Inspects(status) {
		n, err := io.Copy(io.Discard, body)
		if err != nil {
			return Failed(err)
		}
		return Answered(status, n, nil)
	}
	wire := &countingReader{Reader: body}
	decoded, err := t.decompress(encoding, wire)
	if err == nil {
		err = t.Handle(r, status, decoded)
	}
	if wire.err != nil {
		return Failed(wire.err)
	}
	return Answered(status, wire.read, err)
}

// Inspects reports whether the body of a response with that status is decoded or handed to Handle. An answer that has no body
// by its status, 204 or 304, or by the method, HEAD, is not.
func (t Target) Inspects(status int) bool {
	return t.Handle != nil && status < 400 && status != http.StatusNoContent && status != http.StatusNotModified && t.Method != http.MethodHead
}

// decompress returns the whole body after decompression. Its error is ErrTooLarge, that of body or that of gzip.
func (t Target) decompress(encoding string, body io.Reader) ([]byte, error) {
	if strings.EqualFold(encoding, "gzip") {
		unzipped, err := gzip.NewReader(body)
		if err != nil {
			return nil, fmt.Errorf("decode gzip: %w", err)
		}
		body = unzipped
	}
	var whole bytes.Buffer
	if n, err := whole.ReadFrom(io.LimitReader(body, t.MaxBody+1)); err != nil {
		return nil, err
	} else if n > t.MaxBody {
		return nil, ErrTooLarge
	}
	return whole.Bytes(), nil
}

// countingReader counts the bytes read, and keeps the error with which they ended, other than the end of the body.
type countingReader struct {
	io.Reader
	read int64
	err  error
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.read += int64(n)
	if err != nil && err != io.EOF {
		c.err = err
	}
	return n, err
}

// decoding returns a Handle that decodes the body and then calls next, unless that is nil.
func decoding(next func(*Request, int, []byte) error) func(*Request, int, []byte) error {
	return func(r *Request, status int, body []byte) error {
		var decoded any
		if err := json.Unmarshal(body, &decoded); err != nil {
			return fmt.Errorf("decode json: %w", err)
		}
		if next == nil {
			return nil
		}
		return next(r, status, body)
	}
}
