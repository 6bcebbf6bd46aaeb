package streams

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"
	"github.com/quic-go/quic-go/qlog"
	"github.com/quic-go/quic-go/qlogwriter"

	"sweetspot/strategies/network"
)

// HTTP3 is a connection of HTTP/3, which quic-go speaks. It has a UDP socket of its own.
type HTTP3 struct {
	network *network.Network
	quic    *quic.Conn
	client  *http3.ClientConn
	socket  *quic.Transport
	udp     *net.UDPConn
	most    int
	stop    func() bool // that the end of the network closes the connection

	ending atomic.Bool // the server takes no more requests
	once   sync.Once   // closes

	mu      sync.Mutex
	lastRun int64
}

// idleTimeout is how long a connection is kept on which nothing happens, if the server keeps it as long.
const idleTimeout = 90 * time.Second

// noStreams is how quic-go says that the server must not open streams for requests (RFC 9114, section 6.1).
const noStreams = -1

// settings3 returns those of every connection. How long a handshake may take is left to the dial timeout: quic-go by itself gives up
// after 5 s in which nothing comes.
func settings3() *quic.Config {
	return &quic.Config{HandshakeIdleTimeout: idleTimeout, MaxIdleTimeout: idleTimeout, MaxIncomingStreams: noStreams}
}

// OpenHTTP3 connects to address, which is host:port. Most is the most requests at a time that the server allows on a connection, if
// that is known from [StreamsHTTP3].
func OpenHTTP3(ctx context.Context, n *network.Network, address string, config *tls.Config, most int) (*HTTP3, error) {
	return openHTTP3(ctx, n, address, config, settings3(), most)
}

// StreamsHTTP3 returns how many requests at a time the server at the address allows on a connection. It opens a connection to find
// out, which carries no request: quic-go tells that only to those who trace a connection, which costs too much for other uses.
func StreamsHTTP3(ctx context.Context, n *network.Network, address string, config *tls.Config) (int, error) {
	found := &parameters{}
	traced := settings3()
	traced.Tracer = func(context.Context, bool, quic.ConnectionID) qlogwriter.Trace { return found }
	c, err := openHTTP3(ctx, n, address, config, traced, 0)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	n.NoteStreams(int(found.streams.Load()))
	return int(found.streams.Load()), nil
}

// parameters is a trace that keeps what the server allows.
type parameters struct{ streams atomic.Int64 }

func (p *parameters) AddProducer() qlogwriter.Recorder { return p }
func (p *parameters) Close() error                     { return nil }

func (p *parameters) RecordEvent(event qlogwriter.Event) {
	switch set := event.(type) {
	case qlog.ParametersSet:
		p.note(set)
	case *qlog.ParametersSet:
		p.note(*set)
	}
}

func (p *parameters) note(set qlog.ParametersSet) {
	if set.Initiator == qlog.InitiatorRemote {
		p.streams.Store(min(set.InitialMaxStreamsBidi, 1<<30))
	}
}

func openHTTP3(ctx context.Context, n *network.Network, address string, config *tls.Config, with *quic.Config, most int) (*HTTP3, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w", address, err)
	}
	secure := config.Clone()
	if secure.ServerName == "" {
		secure.ServerName = host
	}
	if secure.ClientSessionCache != nil {
		secure.ClientSessionCache = sessionCopies{secure.ClientSessionCache}
	}
	dial := func(ctx context.Context, to *net.UDPAddr) (*HTTP3, error) {
		return dialHTTP3(ctx, to, secure, with)
	}
	c, err := network.DialPackets(ctx, n, address, dial, (*HTTP3).end)
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w", address, err)
	}
	c.network, c.most = n, most
	c.stop = n.OnClose(c.end)
	return c, nil
}

// sessionCopies is a cache of TLS sessions that returns a copy of each. quic-go writes to a session that it resumes, which other
// connections may be resuming too.
type sessionCopies struct{ tls.ClientSessionCache }

// Get implements [tls.ClientSessionCache].
func (c sessionCopies) Get(key string) (*tls.ClientSessionState, bool) {
	session, found := c.ClientSessionCache.Get(key)
	if !found || session == nil {
		return session, found
	}
	ticket, state, err := session.ResumptionState()
	if err != nil || state == nil {
		return nil, false
	}
	own := *state
	resumed, err := tls.NewResumptionState(ticket, &own)
	return resumed, err == nil
}

// refusalDelay is how long a handshake may take before it is asked whether anybody listens at the port at all.
const refusalDelay = 100 * time.Millisecond

// dialHTTP3 connects to one address. QUIC itself does not notice that nobody listens there.
func dialHTTP3(ctx context.Context, to *net.UDPAddr, secure *tls.Config, with *quic.Config) (*HTTP3, error) {
	udp, err := net.ListenUDP("udp", nil)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	asking := time.AfterFunc(refusalDelay, func() {
		if network.RefusesPackets(ctx, to) {
			cancel(fmt.Errorf("dial udp %v: %w", to, syscall.ECONNREFUSED))
		}
	})
	defer asking.Stop()
	socket := &quic.Transport{Conn: udp}
	conn, err := socket.Dial(ctx, to, secure, with)
	if err != nil {
		socket.Close()
		udp.Close()
		if cause := context.Cause(ctx); cause != nil {
			return nil, cause
		}
		return nil, handshakeFault(err)
	}
	transport := &http3.Transport{DisableCompression: true, MaxResponseHeaderBytes: maxHeaderBytes}
	return &HTTP3{quic: conn, client: transport.NewClientConn(conn), socket: socket, udp: udp}, nil
}

// Streams implements [Conn].
func (c *HTTP3) Streams() int { return c.most }

// Reserve implements [Conn]. The pool keeps to the number of streams, so that a connection is never full.
func (c *HTTP3) Reserve() Room {
	if c.ending.Load() || c.quic.Context().Err() != nil {
		return Gone
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.network.CountRequest(&c.lastRun)
	return Open
}

// Close implements [Conn].
func (c *HTTP3) Close() error {
	c.stop()
	c.end()
	return nil
}

// end closes the connection and its socket.
func (c *HTTP3) end() {
	c.once.Do(func() {
		_ = c.quic.CloseWithError(quic.ApplicationErrorCode(http3.ErrCodeNoError), "")
		_ = c.socket.Close()
		_ = c.udp.Close()
	})
}

// RoundTrip makes a request. The error wraps [ErrRefused] if the server has not processed it, so that it may be made anew.
func (c *HTTP3) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := c.client.RoundTrip(r)
	if err != nil {
		return nil, c.cause(r.Context(), err, false)
	}
	response.Body = &body3{ReadCloser: response.Body, conn: c, ctx: r.Context()}
	return response, nil
}

// A body3 names the cause of what fails while it is read.
type body3 struct {
	io.ReadCloser
	conn *HTTP3
	ctx  context.Context // of the request
}

func (b *body3) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		err = b.conn.cause(b.ctx, err, true)
	}
	return n, err
}
