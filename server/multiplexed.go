package server

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"time"
)

// alpnHTTP2 is the name by which client and server agree on HTTP/2 in the TLS handshake.
const alpnHTTP2 = "h2"

// multiplexed serves the connections of HTTP/2 with net/http. It hands them to a [http.Server] through a listener of its own, so
// that the connections of all protocols come from one port. The conn has made the TLS handshake already, so to net/http each
// is one of HTTP/2 with prior knowledge.
type multiplexed struct {
	server   *http.Server
	listener handover
}

// connKey is the key under which a request's context holds its *conn.
type connKey struct{}

func (s *Server) newMultiplexed() *multiplexed {
	m := &multiplexed{listener: handover{conns: make(chan *conn), closed: make(chan struct{}), addr: s.listener.Addr()}}
	m.server = &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			s.serveStream(w, r, &r.Context().Value(connKey{}).(*conn).own)
		}),
		Protocols:   new(http.Protocols),
		HTTP2:       &http.HTTP2Config{MaxConcurrentStreams: s.config.MaxStreams},
		ErrorLog:    log.New(io.Discard, "", 0),
		ConnContext: func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, connKey{}, c) },
	}
	m.server.Protocols.SetUnencryptedHTTP2(true)
	s.serving.Go(func() { m.server.Serve(&m.listener) })
	return m
}

// serve returns when the connection has been served and is closed.
func (m *multiplexed) serve(c *conn) {
	c.multiplexed.Store(true)
	c.SetReadDeadline(time.Time{}) // which stop may have set
	select {
	case m.listener.conns <- c:
		<-c.closed
	case <-m.listener.closed:
		c.Close()
	}
}

// stop accepts no more connections, and announces the end of those that are open by GOAWAY. Each then ends when its requests in
// flight have been answered and its client has closed it, or a second later. stop does not wait for that.
func (m *multiplexed) stop() {
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	m.server.Shutdown(ended)
}

// handover is a listener whose connections come through a channel.
type handover struct {
	conns  chan *conn
	closed chan struct{}
	addr   net.Addr
}

func (h *handover) Accept() (net.Conn, error) {
	select {
	case c := <-h.conns:
		return c, nil
	case <-h.closed:
		return nil, net.ErrClosed
	}
}

// Close is called once, by [http.Server.Shutdown].
func (h *handover) Close() error {
	close(h.closed)
	return nil
}

func (h *handover) Addr() net.Addr { return h.addr }
