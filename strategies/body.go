package strategies

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"strings"
	"time"
)

// ErrTooLarge is the error of a body that is larger than [Target.MaxBody].
var ErrTooLarge = errors.New("the body is larger than the limit for bodies that are decoded")

// errLate is the error of an answer that is whole too late: a success is never later than its timeout. It is of class [Timeout].
var errLate = fmt.Errorf("the response was not read and decoded in time: %w", os.ErrDeadlineExceeded)

// A Response is a response whose head has been read, for [Target.Receive].
type Response struct {
	Status   int
	Header   Header
	Encoding string // the value of Content-Encoding
	Length   int64  // of the body, in bytes; negative if unknown
	Body     io.Reader
}

// Receive reads the body of a response to its end and returns the request's outcome. If the target inspects the response, it
// decodes gzip, and hands the body to Expect and Handle, unless it is larger than MaxBody: then the rest of it is not read. Every other body is discarded as it comes. The outcome counts the bytes that were read from the body.
// That of a redirect which the target follows is for the session alone, which makes the next request.
//
// The bodies that a session keeps at a time have a limit together. Receive waits while other responses have taken all of
// it. The request fails by its timeout if that, the reading and Handle take longer than until the deadline.
//
// It is for clients whose target comes from [Target.InProcess].
func (t Target) Receive(deadline time.Time, r *Request, response Response) Outcome {
	follows := t.Follows(response.Status)
	if follows || !t.Inspects(r, response.Status) {
		n, err := io.Copy(io.Discard, response.Body)
		if err == nil {
			err = late(deadline)
		}
		if err != nil {
			return Failed(err)
		}
		if follows {
			return t.redirected(deadline, r, response, n)
		}
		return t.Answered(r, Answer{Status: response.Status, Bytes: n, Header: response.Header}, nil)
	}
	wire := &countingReader{Reader: response.Body}
	err := t.examine(deadline, r, response, wire)
	if wire.err != nil {
		return Failed(wire.err)
	}
	if late := late(deadline); late != nil {
		return Failed(late)
	}
	return t.Answered(r, Answer{Status: response.Status, Bytes: wire.read}, err)
}

// Examine decodes gzip and hands a response, which is whole, to Expect and Handle. It returns the error for [Target.Answered]. It
// is for clients whose target comes from [Target.InProcess], and must only be called if Inspects returns true.
func (t Target) Examine(deadline time.Time, r *Request, a Answer, encoding string) error {
	if !isGzip(encoding) || !t.hasBody(r, a.Status) {
		return t.judge(r, a)
	}
	wire := &countingReader{Reader: bytes.NewReader(a.Body)}
	return t.examine(deadline, r, Response{a.Status, a.Header, encoding, -1, nil}, wire)
}

// examine reads the body from wire, decodes it and has it judged.
func (t Target) examine(deadline time.Time, r *Request, response Response, wire *countingReader) error {
	if !t.hasBody(r, response.Status) {
		return t.judge(r, Answer{Status: response.Status, Header: response.Header})
	}
	share := t.BodyShare()
	defer share.Release()
	body, length := io.Reader(wire), response.Length
	if isGzip(response.Encoding) {
		unzipped, err := gzip.NewReader(wire)
		if err != nil {
			return fmt.Errorf("decode gzip: %w", err)
		}
		body, length = unzipped, -1
	}
	whole, err := t.readWhole(body, length, deadline, &share)
	if err != nil {
		return err
	}
	return t.judge(r, Answer{response.Status, wire.read, response.Header, whole})
}

// judge asks Expect, and hands what it accepts to Handle, and what it does not accept too if Every is set.
func (t Target) judge(r *Request, a Answer) error {
	if t.asIs(r, a.Status) {
		return t.Handle(r, a)
	}
	unmet := t.expect(a)
	if t.Handle == nil || unmet != nil && !t.Every {
		return unmet
	}
	return cmp.Or(unmet, t.Handle(r, a))
}

func isGzip(encoding string) bool {
	return strings.EqualFold(encoding, "gzip") || strings.EqualFold(encoding, "x-gzip")
}

func late(deadline time.Time) error {
	if time.Now().After(deadline) {
		return errLate
	}
	return nil
}

// Inspects reports whether the body of a response to r with that status is kept: because it is decoded, handed to Handle or looked
// at by Expect. Unless Every is set, one that has no body is not.
func (t Target) Inspects(r *Request, status int) bool {
	return status < t.KeepBelow() && (t.Every || t.hasBody(r, status))
}

// KeepBelow returns the status from which on no body is kept; 0 if none is.
func (t Target) KeepBelow() int {
	switch {
	case t.Handle == nil && (t.Expect == nil || !t.Expect.Body):
		return 0
	case t.Every, t.Expect != nil && t.Expect.Status:
		return math.MaxInt
	}
	return http.StatusBadRequest
}

// hasBody reports whether a response to r with that status may have a body: not with the status 204 or 304, or to a HEAD.
func (t Target) hasBody(r *Request, status int) bool {
	return status != http.StatusNoContent && status != http.StatusNotModified && t.MethodOf(r) != http.MethodHead
}

// firstRead is the number of bytes for which memory is allocated before anything of a body of unknown length has been read.
const firstRead = 512

// readWhole reads a body of that length, which is negative if it is unknown, in memory for which share has room. Its error is
// that of body, ErrTooLarge, or errNoMemory.
func (t Target) readWhole(body io.Reader, length int64, deadline time.Time, share *BodyShare) ([]byte, error) {
	if length > t.MaxBody {
		return nil, ErrTooLarge
	}
	capacity := int64(firstRead)
	if length >= 0 {
		capacity = min(length+1, freeBody) // a byte more, with which to read the end
	}
	whole := make([]byte, 0, capacity)
	for {
		n, err := body.Read(whole[len(whole):cap(whole)])
		whole = whole[:len(whole)+n]
		switch {
		case int64(len(whole)) > t.MaxBody:
			return nil, ErrTooLarge
		case err == io.EOF:
			return whole, nil
		case err != nil:
			return nil, err
		case len(whole) < cap(whole):
			continue
		}
		capacity = min(2*int64(cap(whole)), t.MaxBody+1)
		if length >= 0 {
			capacity = max(length+1, int64(cap(whole))+1)
		}
		if err := share.growBefore(deadline, capacity); err != nil {
			return nil, err
		}
		whole = share.Buffer(whole)
	}
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
