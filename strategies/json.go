package strategies

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
)

const (
	// smallJSON is the largest body, in bytes, that is decoded without regard to how many are being decoded. The values of
	// larger ones take a multiple of their size, so at most one per processor is decoded at a time, which costs no time.
	smallJSON = 64 << 10
	// treeJSON is the largest body, in bytes, whose values are all in memory at once. Of a larger one they are decoded one
	// after the other, since they may take thirty times its size.
	treeJSON = 1 << 20
)

// decoding returns a Handle that decodes the body of a success and then calls next, unless that is nil.
func (t Target) decoding(next func(*Request, Answer) error) func(*Request, Answer) error {
	processors := make(chan struct{}, runtime.GOMAXPROCS(0))
	return func(r *Request, a Answer) error {
		if a.Status < http.StatusBadRequest && t.hasBody(r, a.Status) && !t.asIs(r, a.Status) {
			if len(a.Body) > smallJSON {
				processors <- struct{}{}
			}
			err := decodeJSON(a.Body)
			if len(a.Body) > smallJSON {
				<-processors
			}
			if err != nil {
				return fmt.Errorf("decode json: %w", err)
			}
		}
		if next == nil {
			return nil
		}
		return next(r, a)
	}
}

// decodeJSON decodes a body. Its error is that of a body which is not JSON by RFC 8259, or is nested deeper than 10,000.
func decodeJSON(body []byte) error {
	if len(body) > treeJSON {
		return decodeTokens(body)
	}
	var decoded any
	err := json.Unmarshal(body, &decoded)
	if tooGreat := (*json.UnmarshalTypeError)(nil); errors.As(err, &tooGreat) {
		return nil // the body is JSON, and has a number that no float64 can hold
	}
	return err
}

// decodeTokens decodes a body without keeping its values.
func decodeTokens(body []byte) error {
	if err := json.Unmarshal(body, new(checked)); err != nil { // a Decoder alone accepts more than one value
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	for {
		if _, err := decoder.Token(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// checked is what a body is unmarshalled into to be checked only.
type checked struct{}

func (*checked) UnmarshalJSON([]byte) error { return nil }
