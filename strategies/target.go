package strategies

import (
	"crypto/tls"
	"errors"
	"net/http"
	"net/url"
	"time"

	"sweetspot/strategies/network"
)

// A Target is what all requests of a session have in common. It is the one place for settings, so that every client has the
// same ones. A zero field stands for the default that its comment names.
//
// These settings are fixed, whatever the defaults of a client are: connections are kept alive, as many idle ones as the limit;
// nothing is retried or decompressed, and the environment names no proxy; HTTP has the version of [ProtocolOf] the
// strategy; cookies are kept in a jar until the session is closed. A request that meets a connection which the server closed
// while it was idle does not fail: the server has not seen it, and it is made on another connection.
type Target struct {
	Method      string        // default: GET
	Header      http.Header   // default: none but Host and User-Agent
	Body        []byte        // default: none; sent with every request
	Timeout     time.Duration // default: [DefaultTimeout]; from the start of a request to the last byte of its response
	DialTimeout time.Duration // default: [DefaultDialTimeout]; of one connection
	DNSCache    time.Duration // default: [DefaultDNSCache]; how long an address is kept
	Insecure    bool          // accept any TLS certificate
	Route       network.Route // how connections to hosts are made; default: straight
	Varied      bool          // requests may have a [Request.Message]; a strategy that cannot send one says so in Open
	Streams     int           // the most requests at a time on one connection, if the protocol multiplexes; 0: as many as the server allows

	// Follow is how many redirects a request follows at most, by the rules of package redirect; the default is 0, and then a redirect
	// is an answer as any other. A request is one request still: it takes at most Timeout with all its redirects, and its outcome has
	// the status and the body of the last answer alone. A redirect that leads nowhere gives it the class [Unexpected]. Bodies of
	// redirects are discarded.
	Follow int
	// Own returns what a request sends of its own where redirects have led it, in place of its Message: for a load that sends other
	// headers to other hosts. It is given the request as its Worker has it, and the URL. If that is elsewhere, at another server, it must
	// leave out the credentials that are for the first. The default is the Message without them. Another process cannot call it:
	// see [ErrOwn].
	Own func(first *Request, url string, elsewhere bool) *Message

	// MaxBody is the most bytes that a body may have, after decompression, if it is decoded or handed to Handle. A larger one
	// gives the outcome the class [TooLarge]. The default is [DefaultMaxBody]. A body that is discarded may have any size.
	MaxBody int64

	// JSON has each successful response decoded before its request ends, so that decoding is part of the work measured. A
	// body that is not JSON by RFC 8259 gives the outcome the class [Undecodable]. An answer that can have no body, such as a
	// 204, is not decoded. Of a body above 1 MiB the values are decoded but not kept.
	JSON bool
	// Handle is called with each successful response before its request ends, after JSON has been decoded. If redirects were followed,
	// the request is the last of them, see [Request.Origin]. It is called by
	// several goroutines at a time. An error gives the outcome the class [Undecodable]. Another process cannot call Handle: see
	// [ErrHandle]. Without Handle and JSON, bodies are read to the end and discarded.
	Handle func(r *Request, a Answer) error
	// Every has Handle called with every whole response: also with one that has a status of 400 or above, whose class is
	// [BadStatus] all the same, and with one that can have no body.
	Every bool
	// AsIs says which answers Handle is called with as they are, neither decoded nor asked by Expect: for a caller that makes requests of
	// its own among those of its user. It needs Every. The default is none.
	AsIs func(r *Request, status int) bool

	// Burn is processor time that each successful response costs on top, after Handle, to see whether the client is the bottleneck.
	// Another process does not burn it: see [ErrHandle].
	Burn time.Duration

	// Expect decides which whole responses are successes: see [Expectation]. The default is every one with a status below 400.
	// What it rejects is of class [Unexpected], and is neither decoded nor handed to Handle.
	Expect *Expectation

	memory   *bodyMemory            // for the bodies of a session; nil until InProcess
	sessions tls.ClientSessionCache // of TLS, which new connections resume; nil until InProcess
}

// ErrHandle is the error of Open if the target has a Handle, or a Burn, and the strategy's requests are made by another process.
var ErrHandle = errors.New("no other process can call Target.Handle: want Target.JSON")

// ErrOwn is the error of Open if the target has an Own and follows redirects, and the strategy's requests are made by another process.
var ErrOwn = errors.New("no other process can ask what redirected requests send to another host: want the same headers for all hosts, or no redirects")

// The defaults of a [Target].
const (
	DefaultTimeout     = 10 * time.Second
	DefaultDialTimeout = 5 * time.Second
	DefaultDNSCache    = 300 * time.Second // the usual time to live of a DNS record
	DefaultMaxBody     = 32 << 20          // in bytes: more than most programs decode at once
)

// userAgent is sent by every client unless the target's header has one.
const userAgent = "sweetspot"

// IdleTimeout is how long every client keeps an unused connection: longer than a session waits while other strategies run.
const IdleTimeout = 90 * time.Second

// WithDefaults returns the target with every zero field set to its default. Its Header is a copy.
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
	if t.MaxBody == 0 {
		t.MaxBody = DefaultMaxBody
	}
	return t
}

// InProcess returns the target for one session of a client in this process: with the defaults, with memory for the bodies that
// the session keeps, with a cache of TLS sessions, and, if JSON is set, with a Handle that decodes the body before it calls the given Handle, and burns what there is to burn.
// Such a client may therefore ignore JSON and Burn.
func (t Target) InProcess() Target {
	t = t.WithDefaults()
	t.memory = newBodyMemory(t.MaxBody + 1)
	t.sessions = tls.NewLRUClientSessionCache(resumedHosts)
	if t.JSON {
		t.Handle = t.decoding(t.Handle)
	}
	if t.Burn > 0 {
		t.Handle = burning(t.Handle, t.Burn)
	}
	return t
}

// burning returns a Handle that calls next, unless that is nil, and then uses d of processor time.
func burning(next func(*Request, Answer) error, d time.Duration) func(*Request, Answer) error {
	return func(r *Request, a Answer) error {
		var err error
		if next != nil {
			err = next(r, a)
		}
		for began := time.Now(); time.Since(began) < d; { // sleeping would cost no processor
		}
		return err
	}
}

// resumedHosts is the number of hosts whose latest TLS session is kept for new connections to resume: that spares them the
// certificate.
const resumedHosts = 1024

// Network returns the network of one session of a client in this process that speaks the protocol.
func (t Target) Network(p Protocol) *network.Network {
	n := network.New(t.DialTimeout, t.DNSCache).Via(t.Route, t.Insecure)
	if p.Multiplexes() {
		n.Tunnel()
	}
	return n
}

// TLS returns the TLS settings of every client that speaks the protocol. A given Host is the name that the server is asked for, and
// that its certificate must have. It is for clients whose target comes from [Target.InProcess].
func (t Target) TLS(p Protocol) *tls.Config {
	config := &tls.Config{
		InsecureSkipVerify: t.Insecure, // only if the user asks for it
		NextProtos:         []string{p.ALPN()},
		ClientSessionCache: t.sessions,
		ServerName:         t.ServerName(),
	}
	t.Route.AddTo(config)
	return config
}

// ServerName returns the name of the Host header without its port, "" if the target has none.
func (t Target) ServerName() string {
	given := url.URL{Host: t.Header.Get("Host")}
	return given.Hostname()
}
