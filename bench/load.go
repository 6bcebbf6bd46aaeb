package bench

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"

	"sweetspot/bench/arrivals"
	"sweetspot/bench/ports"
	"sweetspot/bench/requests"
	"sweetspot/results"
	"sweetspot/strategies"
	"sweetspot/strategies/network"
)

// A Load is the requests that every trial makes. It needs URLs, and Requests or a Duration above 0.
type Load struct {
	URLs     URLs
	Messages Messages // nil if every request sends what follows
	Method   string   // GET if empty
	Header   http.Header
	Body     []byte
	Timeout  time.Duration // of one request; 0 is [strategies.DefaultTimeout]
	Insecure bool          // skip the verification of TLS certificates
	Route    network.Route // how connections are made
	Decode   bool          // decode every body as JSON, as part of the request; one that is not JSON fails
	MaxBody  int64         // the most bytes that a body may have that is decoded; 0 is [strategies.DefaultMaxBody]
	Rate     float64       // requests started per second, at most; 0 is no cap. With Arrivals: that are due per second
	Streams  int           // the most requests at a time on one connection, if the protocol multiplexes; 0: as many as the server allows
	Follow   int           // redirects that a request follows at most: see [strategies.Target]

	// Arrivals make it an open loop: requests are due at these times, at the Rate, whether or not slots are free, and what is due
	// waits for a slot. It is empty for a closed loop, in which a request begins as soon as a slot is free and the Rate allows it.
	Arrivals arrivals.Kind
	Seed     uint64 // of the Arrivals, which are the same in each trial

	// Most is the most requests in flight where only the machine limits them: those of a strategy that sets no limit, see
	// [strategies.SetsNoLimit]. 0 is [DefaultMost].
	Most int

	// Expect decides which whole responses are goodput; nil is every one with a status below 400.
	Expect *strategies.Expectation

	// A trial is either a batch, measured from the first request's start to the last one's end, or a window of time that is
	// cut out of a steady stream of requests.
	Requests    int64         // the size of a batch; 0 for a window
	Duration    time.Duration // the least length of the window
	Completions int64         // the least number of requests that end in the window; at least five per slot without a Rate
	Warmup      time.Duration // before the batch or the window, not counted; [Automatic] is none before a batch

	hosts *hosts // of the URLs, with what became of the requests to each in a run
}

// check returns an error with a line for everything that no trial could be made of.
func (l Load) check() error {
	var errs []error
	if l.URLs == nil || l.URLs.Len() < 1 {
		errs = append(errs, errors.New("load: no URL: want at least one"))
	}
	if l.Requests < 0 || l.Requests == 0 && l.Duration <= 0 {
		errs = append(errs, fmt.Errorf("load: %d requests and a duration of %v: want a batch or a window above 0", l.Requests, l.Duration))
	}
	if l.MaxBody < 0 {
		errs = append(errs, fmt.Errorf("load: bodies of at most %d bytes: want at least 0", l.MaxBody))
	}
	if l.Streams < 0 {
		errs = append(errs, fmt.Errorf("load: %d streams on a connection: want at least 0", l.Streams))
	}
	if l.Follow < 0 {
		errs = append(errs, fmt.Errorf("load: %d redirects followed: want at least 0", l.Follow))
	}
	if !(l.Rate >= 0) { // written so that NaN is wrong too
		errs = append(errs, fmt.Errorf("load: rate %g: want at least 0", l.Rate))
	}
	if l.Arrivals != "" && !(l.Rate > 0) {
		errs = append(errs, fmt.Errorf("load: arrivals at a rate of %g: want a rate above 0", l.Rate))
	}
	if least := l.ShortestWindow(); l.Requests == 0 && l.Duration > 0 && l.Duration < least {
		errs = append(errs, fmt.Errorf("load: a duration of %v at a rate of %g per second: want at least %v", l.Duration, l.Rate, least))
	}
	return errors.Join(errs...)
}

// Cold reports whether a comparison gives each trial a session of its own, as a program has that makes one batch and ends: if it
// is a batch without a warm-up.
func (l Load) Cold() bool { return l.Requests > 0 && l.Warmup <= 0 }

// DefaultMost is how many requests a machine has room for by default: files for their connections, ports and memory.
const DefaultMost = 10_000

// limitOf returns the limit at which a strategy is measured where that of the others is the given one. A strategy that sets no
// limit gets as many as the machine has room for, if the load says how many requests there are: all of a batch, or those that are
// due at a rate. Else there are as many callers as the limit, and each of them has one.
func (l Load) limitOf(s strategies.Strategy, limit int) int {
	if most := cmp.Or(l.Most, DefaultMost); strategies.SetsNoLimit(s) && !l.callersOnly() {
		limit = most
		if l.Requests > 0 {
			limit = int(min(int64(most), l.Requests))
		}
	}
	return s.Limit(limit)
}

// callersOnly reports whether only the number of callers says how many requests there are.
func (l Load) callersOnly() bool { return l.Requests == 0 && l.Rate == 0 }

// warnNoLimit says where a strategy that sets no limit had one.
func (c candidate) warnNoLimit(t *results.Trial, load Load) {
	switch {
	case !strategies.SetsNoLimit(c.strategy):
	case load.callersOnly():
		t.Warn(results.Warningf(results.CallersLimit,
			"it sets no limit, but this loop has %d callers that wait for their answers, so that no more are in flight: it shows no more than a semaphore does", c.limit).
			With("limit", float64(c.limit)))
	case load.Requests > int64(c.limit):
		t.Warn(results.Warningf(results.FewFiles, "%d of the %d requests were in flight at once, and not all: the machine has no room for more connections", c.limit, load.Requests).
			With("largest_limit", float64(c.limit)))
	}
}

// startsInWindow is how many requests start in the shortest window that a rate allows: one may start just before it.
const startsInWindow = 2

// ShortestWindow returns the least Duration of a window in which requests start at the load's Rate; 0 without a rate. A rate
// for which no window is long enough has the longest Duration there is.
func (l Load) ShortestWindow() time.Duration {
	if !(l.Rate > 0) {
		return 0
	}
	return time.Duration(min(math.Ceil(startsInWindow/l.Rate*1000)*float64(time.Millisecond), math.MaxInt64/2))
}

// arriving returns how long it takes until that many requests are due.
func (l Load) arriving(requests int64) time.Duration {
	return time.Duration(min(float64(requests)/l.Rate*float64(time.Second), math.MaxInt64/2))
}

// fewestRequests returns how many requests a trial at the limit makes, at least.
func (l Load) fewestRequests(limit int) int {
	switch {
	case l.Requests > 0:
		return int(l.Requests)
	case l.Rate > 0:
		return int(l.Rate * l.Duration.Seconds())
	}
	return max(int(l.Completions), (rounds+warmupRounds)*limit)
}

// Automatic is a warm-up that lasts until the strategy has reached its full speed: at least 200 ms and three mean
// latencies.
const Automatic time.Duration = -1

// URLs are the addresses of a load. They may be made when they are asked for, by several goroutines at once.
type URLs interface {
	Len() int64        // how many there are, at least 1
	At(i int64) string // the i-th, from 0; after the last comes the first again
}

// Messages are what requests send in place of what their load says.
type Messages interface {
	// Message returns the message of the i-th request, which goes to that URL; nil if it sends what the load says. Several goroutines
	// may call it at once. See [strategies.Request].
	Message(i int64, url string) *strategies.Message
}

// HostMessages are an optional interface of [Messages] that differ by host, which matters where redirects lead from one to another.
type HostMessages interface {
	// DifferByHost reports whether they do.
	DifferByHost() bool
	// Redirected is Message for the URL to which redirects have led the i-th request. If that is elsewhere, at another server, it
	// leaves out the credentials that are for the first.
	Redirected(i int64, url string, elsewhere bool) *strategies.Message
}

// A List is a list of URLs, which are requested in its order.
type List []string

// Len returns the number of URLs.
func (l List) Len() int64 { return int64(len(l)) }

// At returns the i-th URL, from 0; after the last comes the first again.
func (l List) At(i int64) string { return l[i%int64(len(l))] }

// ParseURL reads an http or https URL or a [requests.Template] of URLs. Its error quotes the text and shows how a right one looks.
func ParseURL(text string) (URLs, error) {
	template, err := requests.ParseTemplate(text)
	if err != nil {
		return nil, err
	}
	if err := strategies.CheckURL(template.At(0)); err != nil {
		return nil, err
	}
	// A range may stand in the host or the port. If its ends are right, so is what is between them.
	if err := strategies.CheckURL(template.At(template.Len() - 1)); err != nil {
		return nil, err
	}
	return template, nil
}

// ParseHeader reads headers, each "Name: value". Its errors are joined, one for each header that is not right.
func ParseHeader(lines []string) (http.Header, error) {
	header := http.Header{}
	var errs []error
	for _, line := range lines {
		name, value, found := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		if !found || !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value) {
			errs = append(errs, fmt.Errorf("%q: want one such as 'Accept: application/json'", line))
			continue
		}
		header.Add(name, value)
	}
	return header, errors.Join(errs...)
}

// streamsOf returns what is measured of a strategy apart from one another: the most requests at a time on one connection, 0 for as
// many as the server allows. Of a strategy whose protocol does not multiplex that is one 0. Each is the list for those whose does;
// the load's number if it is empty.
func (l Load) streamsOf(s strategies.Strategy, each []int) []int {
	switch {
	case !strategies.ProtocolOf(s).Multiplexes():
		return []int{0}
	case len(each) == 0:
		return []int{l.Streams}
	}
	return each
}

// Target returns what a strategy needs to know about the load.
func (l Load) Target() strategies.Target {
	t := strategies.Target{
		Method: l.Method, Header: l.Header, Body: l.Body, Timeout: l.Timeout, Insecure: l.Insecure, Varied: l.Messages != nil, Route: l.Route, JSON: l.Decode, MaxBody: l.MaxBody, Streams: l.Streams,
		Expect: l.Expect, Follow: l.Follow,
	}
	if m, differ := l.Messages.(HostMessages); differ && m.DifferByHost() {
		t.Own = func(first *strategies.Request, url string, elsewhere bool) *strategies.Message {
			return m.Redirected(first.Index, url, elsewhere)
		}
	}
	return t.WithDefaults()
}

// Settings returns the settings that are the same for every client, to be saved and shown with the run. What the load leaves
// out has its default.
func (l Load) Settings() results.Settings {
	t := l.Target()
	s := results.Settings{
		Method:         t.Method,
		Requests:       l.Requests,
		ColdStart:      l.Cold(),
		TimeoutSeconds: t.Timeout.Seconds(),
		DialSeconds:    t.DialTimeout.Seconds(),
		DNSSeconds:     t.DNSCache.Seconds(),
		Rate:           l.Rate,
		Arrivals:       string(l.Arrivals),
		Insecure:       t.Insecure,
		KeepAlive:      true,
		Redirects:      l.Follow > 0,
		Follow:         l.Follow,
		HTTP:           "HTTP/1.1",
	}
	if l.Decode {
		s.Decode, s.MaxBody = "json", t.MaxBody
	}
	if l.Expect != nil {
		s.Expect = strings.Join(l.Expect.Texts, "; ")
	}
	if l.Requests == 0 {
		s.DurationSeconds = l.Duration.Seconds()
	}
	l.addRoute(&s)
	return s
}

// addRoute adds to the settings how connections are made.
func (l Load) addRoute(s *results.Settings) {
	r := l.Route
	s.Proxy, s.UnixSocket = r.ProxyName(), r.UnixSocket
	if r.KeyPair != nil {
		s.Certificate = r.KeyPair.CertFile
	}
	if r.Authorities != nil {
		s.Authorities = r.Authorities.File
	}
	var detours []string
	for _, d := range r.Detours {
		detours = append(detours, d.String())
	}
	s.ConnectTo = strings.Join(detours, ", ")
}

// firstHop returns a URL whose host is the first that connections are made to; it is empty if they are made to a Unix socket.
func (l Load) firstHop() string {
	switch first, err := url.Parse(l.URLs.At(0)); {
	case l.Route.UnixSocket != "":
		return ""
	case l.Route.Proxy != nil:
		return l.Route.ProxyName()
	case err == nil && len(l.Route.Detours) > 0:
		port := cmp.Or(first.Port(), strconv.Itoa(ports.Of(l.URLs.At(0))))
		return first.Scheme + "://" + net.JoinHostPort(l.Route.Destination(first.Hostname(), port))
	}
	return l.URLs.At(0)
}
