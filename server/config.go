package server

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"sweetspot/server/capacity"
)

// A Config says how the server answers. With the zero Config the server answers every request at once, on a free port of
// 127.0.0.1.
type Config struct {
	Addr string // host:port to listen on; empty means 127.0.0.1:0, and port 0 any free port

	Capacity    capacity.Model   // how many requests the server completes per second; nil means [capacity.None]
	ServiceTime ServiceTime      // distribution of the work of a request
	Warming     capacity.Warming // how the capacity grows from the first request on; zero for a server that is warm at once
	Scar        capacity.Scar    // what too many requests inside do to the capacity for good; zero for nothing

	Delay  time.Duration // added to every request outside the capacity, as a network would
	Jitter time.Duration // added to Delay at random, uniformly from 0 to Jitter
	Fail   Failures      // shares of requests that are made to fail
	Seed   uint64        // of the random numbers: with the same Seed, jitter, work and failures are the same

	Body    int  // bytes of JSON in an answer, from 2 to 10 MiB; 0 means a short greeting
	Chunked bool // send the body in chunks, without Content-Length
	Gzip    bool // send the body compressed to clients that accept gzip

	TLS             bool          // serve HTTPS, with a self-signed certificate that Start creates; ALPN offers h2 and http/1.1
	HTTP3           bool          // speak HTTP/3 as well, at the same port of UDP; with TLS only
	NoKeepAlive     bool          // close every connection after one answer
	RequestsPerConn int           // close a connection after that number of answers; 0 means never
	MaxConns        int           // the most connections open at a time; others wait to be accepted; 0 means no maximum
	MaxStreams      int           // the most requests at a time on one connection of HTTP/2 or HTTP/3; 0 means 10,000
	Backlog         int           // the most connections that wait to be accepted; 0 means the system's default
	Drain           time.Duration // how long Close waits for requests in flight; 0 means 5 s
}

// ServiceTime is the distribution of the work of a request: the service that it requires, in units of the mean, so the mean
// is 1.
type ServiceTime int

const (
	// Exponential work varies from request to request, so that callers do not stay in step. The throughput is that of
	// [Config.Truth] whether or not the delay varies.
	Exponential ServiceTime = iota
	// Constant work is the same for every request, so that the throughput varies less from one second to the next. It is that
	// of [Config.Truth] only if the delay varies (see Config.Jitter): if nothing varies, callers that started together stay
	// together.
	Constant
)

// ParseServiceTime parses "exponential" or "constant". The error is one line.
func ParseServiceTime(s string) (ServiceTime, error) {
	switch s {
	case "exponential":
		return Exponential, nil
	case "constant":
		return Constant, nil
	}
	return 0, fmt.Errorf("service-time %q: want exponential or constant", s)
}

const maxBody = 10 << 20 // bytes, of answers and of requests

// Validate returns an error with one line per invalid setting, or nil. A line begins with the setting's name in lower
// case, such as max-connections, and says what is valid.
func (c Config) Validate() error {
	errs := []error{
		checkAddr(c.Addr),
		notNegative("delay", c.Delay),
		notNegative("jitter", c.Jitter),
		notNegative("drain", c.Drain),
		notNegative("requests-per-connection", c.RequestsPerConn),
		notNegative("max-connections", c.MaxConns),
		notNegative("max-streams", c.MaxStreams),
		c.checkHTTP3(),
		notNegative("backlog", c.Backlog),
		c.Fail.Validate(),
	}
	if c.Capacity != nil {
		if err := c.Capacity.Validate(); err != nil {
			oneLine := strings.ReplaceAll(err.Error(), "\n", "; ")
			errs = append(errs, fmt.Errorf("capacity %s: %s", c.Capacity, oneLine))
		}
	}
	errs = append(errs, c.checkChanges())
	if c.Body != 0 && (c.Body < len("{}") || c.Body > maxBody) {
		errs = append(errs, fmt.Errorf("body %d: want from 2 to %d bytes of JSON", c.Body, maxBody))
	}
	return errors.Join(errs...)
}

func (c Config) checkHTTP3() error {
	switch {
	case c.HTTP3 && !c.TLS:
		return errors.New("http3: want tls as well: HTTP/3 is spoken over TLS only")
	case c.HTTP3 && (c.NoKeepAlive || c.RequestsPerConn > 0 || c.MaxConns > 0):
		return errors.New("http3 beside a bound on connections or on the requests of each: want one of the two, since QUIC has no such bounds here")
	}
	return nil
}

// checkChanges checks how the capacity changes.
func (c Config) checkChanges() error {
	named := func(setting string, err error) error {
		if err == nil {
			return nil
		}
		return fmt.Errorf("%s: %s", setting, strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	shared := func(setting string, set bool) error {
		if !set || capacity.Shared(c.Capacity) {
			return nil
		}
		return fmt.Errorf("%s: want a capacity that the requests inside share, such as usl or workers", setting)
	}
	return errors.Join(
		named("warming", c.Warming.Validate()), shared("warming", c.Warming != capacity.Warming{}),
		named("scar", c.Scar.Validate()), shared("scar", c.Scar.At > 0),
	)
}

func checkAddr(addr string) error {
	if addr == "" {
		return nil
	}
	_, port, err := net.SplitHostPort(addr)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return fmt.Errorf("addr %q: want host:port such as 127.0.0.1:8080, with port 0 for a free one", addr)
	}
	return nil
}

func notNegative[T int | time.Duration](setting string, value T) error {
	if value < 0 {
		return fmt.Errorf("%s %v: want 0 or more", setting, value)
	}
	return nil
}
