package strategies

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// A Target is what all requests of a session have in common, and the one place for settings, so that every client has the
// same. The zero value of each field stands for the default named with it.
//
// These settings are fixed, whatever a client's own defaults: connections are kept alive, as many idle ones as the limit;
// nothing is retried, redirected, decompressed or proxied; HTTP is version 1.1; cookies are kept in a jar until the session
// is closed. A request that meets a connection which the server closed while it was idle does not fail: the server has not
// seen it, and it is made on another connection.
type Target struct {
	Method      string        // GET
	Header      http.Header   // none but Host and User-Agent
	Body        []byte        // none; sent with every request
	Timeout     time.Duration // [DefaultTimeout]; from the start of a request to the last byte of its response
	DialTimeout time.Duration // [DefaultDialTimeout]; of one connection
	DNSCache    time.Duration // [DefaultDNSCache]; how long an address is kept
	Insecure    bool          // skips the verification of TLS certificates

	// JSON has each successful response decoded before its request ends, so that decoding is part of the work measured. A
	// body that is not JSON gives the outcome the class [Undecodable].
	JSON bool
	// Handle is called with each successful response before its request ends, after JSON has been decoded. It is called by
	// several goroutines at a time. Body is valid until Handle returns. An error gives the outcome the class [Undecodable].
	// Another process cannot call Handle: see [ErrHandle]. Without Handle and JSON, bodies are read to the end and discarded.
	Handle func(r *Request, status int, body []byte) error
}

// ErrHandle is the error of Open if the target has a Handle and the strategy's requests are made by another process.
var ErrHandle = errors.New("no other process can call Target.Handle: want Target.JSON")

// The defaults of a [Target]. The DNS cache keeps an address as long as the usual time to live of a DNS record.
const (
	DefaultTimeout     = 10 * time.Second
	DefaultDialTimeout = 5 * time.Second
	DefaultDNSCache    = 300 * time.Second
)

// userAgent is sent by every client unless the target's header has one.
const userAgent = "sweetspot"

// IdleTimeout is how long every client keeps an unused connection: longer than a session waits while other strategies run.
const IdleTimeout = 90 * time.Second

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

// InProcess returns the target for a client in this process: with the defaults, and with a Handle that decodes JSON if JSON
// is set. The client then needs to look at Handle only.
func (t Target) InProcess() Target {
	t = t.WithDefaults()
	if t.JSON {
		t.Handle = decoding(t.Handle)
	}
	return t
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

// tls returns the TLS settings of every client.
func (t Target) tls() *tls.Config {
	return &tls.Config{
		InsecureSkipVerify: t.Insecure, // only when the user says --insecure
		NextProtos:         []string{"http/1.1"},
	}
}
