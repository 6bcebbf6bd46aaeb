// Package server is an HTTP server for measuring clients against: it answers at rates whose best concurrency limit is
// known exactly, fails in the ways that servers fail, and counts what it saw, as a witness.
//
// Start one in a test, point the client at its URL, and ask its Stats what really arrived:
//
//	srv, err := server.Start(server.Config{Delay: 5 * time.Millisecond})
//
// GET / (and every path that is not one of these) answers 200 with a JSON object; /login sets a session cookie and
// /private wants it; /redirect/N leads to / in N steps; GET /-/stats and POST /-/reset are neither delayed nor counted.
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

// A Server has been started and not yet closed.
type Server struct {
	config   Config
	listener net.Listener
	tls      *tls.Config // nil without TLS
	http     fasthttp.Server

	chance    *chance    // nil if every request is answered at once and as it should be
	scheduler *scheduler // nil if no request waits
	page      page
	sessions  sessions
	tally     atomic.Pointer[tally]

	mu    sync.Mutex // guards conns
	conns map[*conn]struct{}
	room  chan struct{} // a place for every connection that may be open; nil without a bound

	stopping  atomic.Bool
	draining  chan struct{} // closed when Close begins
	closed    chan struct{} // closed when nothing is under way any more
	accepting sync.WaitGroup
	serving   sync.WaitGroup // the connections
	looking   sync.WaitGroup
	round     atomic.Int64 // of the lookout, from 1
	closeOnce sync.Once
	closeErr  error
}

// Start listens and serves until Close. The error has one line for every fault of the configuration (see
// [Config.Validate]), or says why it can't listen.
func Start(config Config) (*Server, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	config.Addr = cmp.Or(config.Addr, "127.0.0.1:0")
	config.Drain = cmp.Or(config.Drain, 5*time.Second)
	s := &Server{
		config:   config,
		conns:    make(map[*conn]struct{}),
		draining: make(chan struct{}),
		closed:   make(chan struct{}),
		sessions: newSessions(),
	}
	s.tally.Store(new(tally))
	s.round.Store(1)
	if config.MaxConns > 0 {
		s.room = make(chan struct{}, config.MaxConns)
	}
	if err := errors.Join(s.prepare(), s.listen()); err != nil {
		s.undo()
		return nil, err
	}
	s.accepting.Go(s.accept)
	if s.chance != nil {
		s.looking.Go(s.look)
	}
	return s, nil
}

// prepare makes what the answers need.
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
		if s.scheduler, err = newScheduler(c.Capacity); err != nil {
			return err
		}
	}
	if waits || !c.Fail.none() {
		s.chance = &chance{config: c}
	}
	s.http = fasthttp.Server{
		Name:                         "sweetspot",
		Handler:                      s.handle,
		Logger:                       silence{},
		DisableKeepalive:             c.NoKeepAlive,
		MaxRequestsPerConn:           c.RequestsPerConn,
		MaxRequestBodySize:           maxBody,
		DisablePreParseMultipartForm: true,
		NoDefaultDate:                true, // its clock is a goroutine that nothing ever stops
	}
	return nil
}

// listen opens the socket.
func (s *Server) listen() error {
	listener, err := net.Listen("tcp", s.config.Addr)
	if err != nil {
		return fmt.Errorf("addr %s: %w", s.config.Addr, err)
	}
	s.listener = listener
	if s.config.Backlog == 0 {
		return nil
	}
	if err := setBacklog(listener.(*net.TCPListener), s.config.Backlog); err != nil {
		return fmt.Errorf("backlog %d: %w", s.config.Backlog, err)
	}
	return nil
}

// undo releases what a start that failed has opened.
func (s *Server) undo() {
	if s.scheduler != nil {
		s.scheduler.close()
	}
	if s.listener != nil {
		s.listener.Close()
	}
}

// URL returns the address of the front page, such as http://127.0.0.1:8080/.
func (s *Server) URL() string {
	scheme := "http"
	if s.config.TLS {
		scheme = "https"
	}
	addr := *s.listener.Addr().(*net.TCPAddr)
	if addr.IP.IsUnspecified() { // it listens everywhere, and this machine is where it can surely be reached
		addr.IP = net.IPv4(127, 0, 0, 1)
	}
	return scheme + "://" + addr.String() + "/"
}

// Stats returns what has been counted since the start or the last Reset.
func (s *Server) Stats() Stats { return s.tally.Load().stats() }

// Reset sets every counter to zero. Requests under way are forgotten: they end uncounted. Connections that carry on
// are counted again when they carry their next request.
func (s *Server) Reset() { s.tally.Store(new(tally)) }

// silence keeps fasthttp from writing to stderr; errors of a connection concern the client at its other end.
type silence struct{}

func (silence) Printf(string, ...any) {}
