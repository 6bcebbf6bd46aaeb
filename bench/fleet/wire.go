package fleet

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"time"

	"sweetspot/bench"
	"sweetspot/bench/arrivals"
	"sweetspot/strategies"
	"sweetspot/strategies/expect"
	"sweetspot/strategies/network"
)

// settings are what a load and the target of a session have in common, as a message has it.
type settings struct {
	Method   string        `json:"method,omitempty"`
	Header   http.Header   `json:"header,omitempty"`
	Body     []byte        `json:"body"`
	Timeout  time.Duration `json:"timeout,omitempty"`
	Insecure bool          `json:"insecure,omitempty"`
	Route    route         `json:"route"`
	JSON     bool          `json:"json,omitempty"`
	MaxBody  int64         `json:"max_body,omitempty"`
	Streams  int           `json:"streams,omitempty"`
	Follow   int           `json:"follow,omitempty"`
	Expect   []string      `json:"expect,omitempty"` // expressions
}

func (s settings) check() error {
	if s.Timeout < 0 || s.MaxBody < 0 || s.Streams < 0 || s.Follow < 0 {
		return errors.New("settings: want numbers of at least 0")
	}
	return nil
}

func (s settings) expectation() (*strategies.Expectation, error) { return expect.Compile(s.Expect) }

func textsOf(e *strategies.Expectation) []string {
	if e == nil {
		return nil
	}
	return e.Texts
}

// A target is a [strategies.Target] as a message has it.
type target struct {
	settings
	DialTimeout time.Duration `json:"dial_timeout,omitempty"`
	DNSCache    time.Duration `json:"dns_cache,omitempty"`
	Varied      bool          `json:"varied,omitempty"`
	Every       bool          `json:"every,omitempty"`
	Burn        time.Duration `json:"burn,omitempty"`
}

func (t target) check() error { return t.settings.check() }

// targetOf returns the message for a target. An agent is another process, and cannot call its functions.
func targetOf(t strategies.Target) (target, error) {
	switch {
	case t.Handle != nil:
		return target{}, strategies.ErrHandle
	case t.Own != nil && t.Follow > 0:
		return target{}, strategies.ErrOwn
	}
	r, err := routeOf(t.Route)
	return target{
		settings{t.Method, t.Header, t.Body, t.Timeout, t.Insecure, r, t.JSON, t.MaxBody, t.Streams, t.Follow, textsOf(t.Expect)},
		t.DialTimeout, t.DNSCache, t.Varied, t.Every, t.Burn,
	}, err
}

// target returns the target that a message has.
func (t target) target() (strategies.Target, error) {
	e, err1 := t.expectation()
	r, err2 := t.Route.route()
	return strategies.Target{
		Method: t.Method, Header: t.Header, Body: t.Body, Timeout: t.Timeout, DialTimeout: t.DialTimeout, DNSCache: t.DNSCache, Insecure: t.Insecure,
		Route: r, Varied: t.Varied, Follow: t.Follow, Streams: t.Streams, MaxBody: t.MaxBody, JSON: t.JSON, Every: t.Every, Burn: t.Burn, Expect: e,
	}, errors.Join(err1, err2)
}

// A load is what the trials of a [bench.Load] have in common, as a message has it. What differs from trial to trial is in their
// [numbers], so that an agent that has the load needs no more than those.
type load struct {
	settings
	Requests content `json:"requests"` // a requestList
	Most     int     `json:"most,omitempty"`
}

func (l load) check() error { return errors.Join(l.settings.check(), l.Requests.check()) }

// numbers are what differs from one trial of a load to another.
type numbers struct {
	Rate        float64       `json:"rate,omitempty"`
	Arrivals    arrivals.Kind `json:"arrivals,omitempty"`
	Seed        uint64        `json:"seed,omitempty"`
	Requests    int64         `json:"requests,omitempty"`
	Duration    time.Duration `json:"duration,omitempty"`
	Completions int64         `json:"completions,omitempty"`
	Warmup      time.Duration `json:"warmup,omitempty"`
}

func numbersOf(l bench.Load) numbers {
	return numbers{l.Rate, l.Arrivals, l.Seed, l.Requests, l.Duration, l.Completions, l.Warmup}
}

// with returns the load with the numbers of a trial.
func (n numbers) with(l bench.Load) bench.Load {
	l.Rate, l.Arrivals, l.Seed, l.Requests, l.Duration, l.Completions, l.Warmup = n.Rate, n.Arrivals, n.Seed, n.Requests, n.Duration, n.Completions, n.Warmup
	return l
}

// loadOf returns the message for a load whose requests are in a message of their own.
func loadOf(l bench.Load, requests content) (load, error) {
	r, err := routeOf(l.Route)
	return load{
		settings{l.Method, l.Header, l.Body, l.Timeout, l.Insecure, r, l.Decode, l.MaxBody, l.Streams, l.Follow, textsOf(l.Expect)},
		requests, l.Most,
	}, err
}

// load returns the load that a message has, with its requests and with the numbers of a trial.
func (l load) load(of requested, n numbers) (bench.Load, error) {
	e, err1 := l.expectation()
	r, err2 := l.Route.route()
	return n.with(bench.Load{
		URLs: of.urls, Messages: of.messages, Method: l.Method, Header: l.Header, Body: l.Body, Timeout: l.Timeout, Insecure: l.Insecure, Route: r,
		Decode: l.JSON, MaxBody: l.MaxBody, Streams: l.Streams, Follow: l.Follow, Most: l.Most, Expect: e,
	}), errors.Join(err1, err2)
}

// A route is a [network.Route] as a message has it. It has certificates and keys themselves, in PEM, since agents do not have the files.
type route struct {
	Proxy       string   `json:"proxy,omitempty"` // with its login
	UnixSocket  string   `json:"unix_socket,omitempty"`
	Detours     []string `json:"detours,omitempty"`
	KeyPair     *keyPair `json:"key_pair,omitempty"`
	Authorities *bundle  `json:"authorities,omitempty"`
}

type keyPair struct {
	CertFile string `json:"cert_file"` // where it came from, for people
	KeyFile  string `json:"key_file"`
	PEM      []byte `json:"pem"`
}

type bundle struct {
	File string `json:"file"`
	PEM  []byte `json:"pem"`
}

func routeOf(r network.Route) (route, error) {
	out := route{UnixSocket: r.UnixSocket}
	if r.Proxy != nil {
		out.Proxy = r.Proxy.String()
	}
	for _, d := range r.Detours {
		out.Detours = append(out.Detours, d.String())
	}
	if r.Authorities != nil {
		out.Authorities = &bundle{r.Authorities.File, r.Authorities.PEM}
	}
	if r.KeyPair == nil {
		return out, nil
	}
	text, err := pemOf(r.KeyPair.Certificate)
	out.KeyPair = &keyPair{r.KeyPair.CertFile, r.KeyPair.KeyFile, text}
	return out, err
}

// pemOf returns a certificate with its chain and its key.
func pemOf(c tls.Certificate) ([]byte, error) {
	key, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	if err != nil {
		return nil, fmt.Errorf("the key of the certificate: %w", err)
	}
	var text []byte
	for _, one := range c.Certificate {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: one})...)
	}
	return append(text, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})...), nil
}

func (r route) route() (network.Route, error) {
	out := network.Route{UnixSocket: r.UnixSocket}
	var errs []error
	if r.Proxy != "" {
		proxy, err := network.ParseProxy(r.Proxy)
		out.Proxy, errs = proxy, append(errs, err)
	}
	for _, text := range r.Detours {
		d, err := network.ParseDetour(text)
		out.Detours, errs = append(out.Detours, d), append(errs, err)
	}
	if a := r.Authorities; a != nil {
		authorities, err := network.NewAuthorities(a.File, a.PEM)
		out.Authorities, errs = authorities, append(errs, err)
	}
	if k := r.KeyPair; k != nil {
		certificate, err := tls.X509KeyPair(k.PEM, k.PEM)
		out.KeyPair, errs = &network.KeyPair{CertFile: k.CertFile, KeyFile: k.KeyFile, Certificate: certificate}, append(errs, err)
	}
	return out, errors.Join(errs...)
}
