// Package server is a test server for measuring clients. It speaks HTTP/1.1 and HTTP/2 at one port: over TLS client and server
// agree on one by ALPN, without TLS the client's first bytes tell. The best concurrency limit of its answers is known
// exactly, it can be made to fail in the ways that servers fail, and it counts the requests that it receives,
// independently of the client.
//
// Start with [Start], send requests to [Server.URL], then read from [Server.Stats] what arrived:
//
//	srv, err := server.Start(server.Config{Delay: 5 * time.Millisecond})
//
// [Config] sets the capacity (see package [sweetspot/server/capacity]), the delay and the failures. [Config.Truth] returns
// the exact throughput at every limit. [Profiles] are ready-made servers.
//
// The endpoints are:
//
//	GET /            200 with a JSON object; all paths that are not listed here answer the same
//	GET /login       200; sets a session cookie
//	GET /private     as /, but 401 without the session cookie
//	GET /redirect/N  302; leads to / in N steps, N from 1 to 100
//	GET /-/stats     the Stats as JSON
//	POST /-/reset    sets the Stats to zero; the answer is the new Stats as JSON
//
// Requests to /-/ are neither delayed, nor made to fail, nor counted.
package server

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"
)

// A Server is a server that Start has started. Its methods are safe for concurrent use.
type Server struct {
	config   Config
	listener net.Listener
	tls      *tls.Config // nil without TLS
	http     fasthttp.Server

	multiplexed *multiplexed // of HTTP/2
	packets     *packets     // of HTTP/3; nil without it

	faults    *faults    // nil if every request is answered at once and normally
	scheduler *scheduler // nil if no request waits
	page      page
	sessions  sessions
	counters  atomic.Pointer[counters]

	mu    sync.Mutex // guards conns
	conns map[*conn]struct{}
	slots chan struct{} // one value per connection that is open or being accepted; nil without MaxConns

	stopping  atomic.Bool
	cutting   atomic.Bool   // what is in flight is being cut off
	draining  chan struct{} // closed when Close begins
	closed    chan struct{} // closed when all connections have ended
	accepting sync.WaitGroup
	serving   sync.WaitGroup // the connections
	streaming sync.RWMutex   // read-locked by the handlers of streams, which may outlive their connection; locked for good by Close
	polling   sync.WaitGroup
	polls     atomic.Int64 // the number of hangup polls so far, plus 1
	closeOnce sync.Once
	closeErr  error
}

// Start listens and serves until [Server.Close], in the background. An error has one line per invalid setting (see
// [Config.Validate]), or says why the server cannot listen. The caller must call Close.
func Start(config Config) (*Server, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	config.Addr = cmp.Or(config.Addr, "127.0.0.1:0")
	config.MaxStreams = cmp.Or(config.MaxStreams, 10_000)
	config.Drain = cmp.Or(config.Drain, 5*time.Second)
	s := &Server{
		config:   config,
		conns:    make(map[*conn]struct{}),
		draining: make(chan struct{}),
		closed:   make(chan struct{}),
		sessions: newSessions(),
	}
	s.counters.Store(new(counters))
	s.polls.Store(1)
	if config.MaxConns > 0 {
		s.slots = make(chan struct{}, config.MaxConns)
	}
	if err := errors.Join(s.prepare(), s.listen()); err != nil {
		s.release()
		return nil, err
	}
	s.multiplexed = s.newMultiplexed()
	if s.packets != nil {
		s.serving.Go(s.packets.serve)
	}
	s.accepting.Go(s.accept)
	if s.faults != nil {
		s.polling.Go(s.pollHangups)
	}
	return s, nil
}

// prepare creates all that the handler uses.
func (s *Server) prepare() (err error) {
	if s.page, err = newPage(s.config); err != nil {
		return err
	}
	if s.config.TLS {
		if s.tls, err = selfSigned(); err != nil {
			return err
		}
	}
	c := s.config
	waits := c.limited() || c.Delay > 0 || c.Jitter > 0 || c.Fail.Slow > 0
	if waits {
		if s.scheduler, err = newScheduler(c); err != nil {
			return err
		}
	}
	if waits || !c.Fail.none() {
		s.faults = &faults{config: c}
	}
	s.http = fasthttp.Server{
		Name:                         "sweetspot",
		Handler:                      s.handle,
		Logger:                       discardLogger{},
		DisableKeepalive:             c.NoKeepAlive,
		MaxRequestsPerConn:           c.RequestsPerConn,
		MaxRequestBodySize:           maxBody,
		DisablePreParseMultipartForm: true,
		NoDefaultDate:                true,     // fasthttp updates the date in a goroutine that never ends
		ErrorHandler:                 rejected, // fasthttp's own would send the date
	}
	return nil
}

func (s *Server) listen() error {
	listener, err := net.Listen("tcp", s.config.Addr)
	if err != nil {
		return fmt.Errorf("addr %s: %w", s.config.Addr, err)
	}
	s.listener = listener
	if s.config.HTTP3 {
		if s.packets, err = s.newPackets(listener.Addr().(*net.TCPAddr)); err != nil {
			return fmt.Errorf("addr %s: %w", s.config.Addr, err)
		}
	}
	if s.config.Backlog == 0 {
		return nil
	}
	if err := setBacklog(listener.(*net.TCPListener), s.config.Backlog); err != nil {
		return fmt.Errorf("backlog %d: %w", s.config.Backlog, err)
	}
	return nil
}

// release closes what a failed Start has opened.
func (s *Server) release() {
	if s.scheduler != nil {
		s.scheduler.close()
	}
	if s.listener != nil {
		s.listener.Close()
	}
	if s.packets != nil {
		s.packets.udp.Close()
	}
}

// URL returns the URL of /, such as http://127.0.0.1:8080/. If the server listens on all addresses, it is that of 127.0.0.1.
func (s *Server) URL() string {
	scheme := "http"
	if s.config.TLS {
		scheme = "https"
	}
	addr := *s.listener.Addr().(*net.TCPAddr)
	if addr.IP.IsUnspecified() {
		addr.IP = net.IPv4(127, 0, 0, 1)
	}
	return scheme + "://" + addr.String() + "/"
}

// Stats returns what has been counted since the start or the last Reset. It may be called after Close.
func (s *Server) Stats() Stats { return s.counters.Load().stats() }

// Reset sets all counters to zero. A request that began before Reset is not counted when it ends. A connection that stays
// open is counted again with its next request.
func (s *Server) Reset() { s.counters.Store(new(counters)) }

// discardLogger keeps fasthttp from writing the errors of connections to stderr.
type discardLogger struct{}

func (discardLogger) Printf(string, ...any) {}
