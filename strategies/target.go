package strategies

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// A Target is what all requests of a session have in common, and the one place for settings that every client is given
// alike. Beside these, whatever a client's own defaults: connections are kept alive, as many idle ones as the limit
// asks for; nothing is retried, redirected, decompressed or proxied; HTTP is version 1.1; cookies are kept in a jar for
// as long as the session is open. A request that meets a connection which the server closed while it was idle is no
// failure: the server has not seen it, and it is made on another. The zero value of each field stands for the default named
// with it.
type Target struct {
	Method      string        // GET
	Header      http.Header   // none but Host and User-Agent
	Body        []byte        // none; sent with every request
	Timeout     time.Duration // [DefaultTimeout]; from the start of a request to the last byte of its response
	DialTimeout time.Duration // [DefaultDialTimeout]; of one connection
	DNSCache    time.Duration // [DefaultDNSCache]; how long an address is remembered
	Insecure    bool          // skips the verification of TLS certificates

	// JSON has each successful response decoded before the request ends, so that decoding is part of the work measured. A
	// body that is not JSON makes the outcome of class [Undecodable].
	JSON bool
	// Handle is called with each successful response before the request ends, after JSON is done with it: by several
	// goroutines at a time, those that make the requests or, where one makes many, others. Body is valid until Handle
	// returns. An error makes the outcome of class [Undecodable]. Requests that another process makes cannot be handled:
	// see [ErrHandle]. Without Handle and JSON, bodies are read to the end and discarded.
	Handle func(r *Request, status int, body []byte) error
}

// The defaults of a [Target]. The DNS cache lasts as long as the usual time to live of a record.
const (
	DefaultTimeout     = 10 * time.Second
	DefaultDialTimeout = 5 * time.Second
	DefaultDNSCache    = 300 * time.Second
)

// userAgent is sent by every client unless the target's header has one.
const userAgent = "sweetspot"

// idle is how long an unused connection is kept: longer than a session's pause while other strategies have their turn.
const idle = 90 * time.Second

// WithDefaults returns the target with every zero field set to its default.
func (t Target) WithDefaults() Target {
	if t.Method == "" {
		t.Method = http.MethodGet
	}
	t.Header = t.Header.Clone()
	if t.Header == nil {
		t.Header = http.Header{}
	}
	if _, set := t.Header["User-Agent"]; !set {
		t.Header.Set("User-Agent", userAgent)
	}
	if t.Timeout == 0 {
		t.Timeout = DefaultTimeout
	}
	if t.DialTimeout == 0 {
		t.DialTimeout = DefaultDialTimeout
	}
	if t.DNSCache == 0 {
		t.DNSCache = DefaultDNSCache
	}
	return t
}

// ready returns the target as clients in this process take it: with defaults, and with Handle to see to JSON too.
func (t Target) ready() Target {
	t = t.WithDefaults()
	if t.JSON {
		t.Handle = decoding(t.Handle)
	}
	return t
}

// decoding returns a Handle that decodes the body and calls the next one, unless that is nil.
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

// tls returns the TLS settings of every client.
func (t Target) tls() *tls.Config {
	return &tls.Config{
		InsecureSkipVerify: t.Insecure, // only when the user says --insecure
		NextProtos:         []string{"http/1.1"},
	}
}
