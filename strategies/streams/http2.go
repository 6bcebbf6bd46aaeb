package streams

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"

	"golang.org/x/net/http2"

	"sweetspot/strategies/http1"
	"sweetspot/strategies/network"
)

// HTTP2 is a connection of HTTP/2, which net/http speaks.
type HTTP2 struct {
	shared *network.Shared
	client *http.ClientConn
	most   int

	changed func() // see NewPool
	watched sync.Once
}

// OpenHTTP2 connects to address, which is host:port, over TLS if config is not nil, else with prior knowledge (RFC 9113, section
// 3.3). It returns once the server has said how many requests it takes at a time. The function changed is that of [NewPool].
func OpenHTTP2(ctx context.Context, n *network.Network, address string, config *tls.Config, changed func()) (*HTTP2, error) {
	shared, err := n.DialShared(ctx, address, config)
	if err != nil {
		return nil, err
	}
	greeted := &greeting{Shared: shared, done: make(chan struct{})}
	transport := &http.Transport{
		DialContext:            func(context.Context, string, string) (net.Conn, error) { return greeted, nil },
		Protocols:              new(http.Protocols),
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxHeaderBytes,
	}
	transport.Protocols.SetUnencryptedHTTP2(true) // TLS is below
	client, err := transport.NewClientConn(ctx, "http", address)
	if err != nil {
		shared.Close()
		return nil, err
	}
	c := &HTTP2{shared: shared, client: client, changed: changed}
	select {
	case <-greeted.done:
		c.most, err = greeted.streams, greeted.err
	case <-ctx.Done(): // net/http still reads
		err = ctx.Err()
	}
	if err != nil {
		c.Close()
		return nil, fmt.Errorf("dial %s: %w", address, c.opening(err))
	}
	n.NoteStreams(c.most)
	return c, nil
}

// maxHeaderBytes is the most bytes that the headers of a response may have, as HTTP/2 counts them.
const maxHeaderBytes = 256 << 10

// Streams implements [Conn].
func (c *HTTP2) Streams() int { return c.most }

// Reserve implements [Conn].
func (c *HTTP2) Reserve() Room {
	switch {
	case c.client.Reserve() == nil:
		c.shared.CountRequest()
		return Open
	case c.client.Err() == nil && c.client.InFlight() >= c.most: // requests that were given up count until the server has answered a PING
		c.watched.Do(func() { c.client.SetStateHook(func(*http.ClientConn) { c.changed() }) }) // not before, since it costs every request
		return Full
	}
	return Gone
}

// Close implements [Conn].
func (c *HTTP2) Close() error {
	return c.client.Close() // which closes c.shared
}

// RoundTrip makes a request. The error wraps [ErrRefused] if the server has not processed it, so that it may be made anew.
func (c *HTTP2) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := c.client.RoundTrip(r)
	if err != nil {
		return nil, c.cause(err, false)
	}
	if response.Body != http.NoBody {
		response.Body = &body{ReadCloser: response.Body, conn: c}
	}
	return response, nil
}

// A body names the cause of what fails while it is read.
type body struct {
	io.ReadCloser
	conn *HTTP2
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		err = b.conn.cause(err, true)
	}
	return n, err
}

// A greeting watches for the server's first frame, which must be its settings (RFC 9113, section 3.4).
type greeting struct {
	*network.Shared
	once sync.Once
	done chan struct{} // closed when net/http has handled the settings, or there are none

	// Valid once done is closed; before, net/http's reading goroutine writes them.
	received []byte
	streams  int
	err      error
	whole    bool
}

// The settings that count if the server does not mention them. net/http takes no more than this number of streams.
const defaultStreams = 1000

// maxGreeting is the most bytes of the first frame with its header: as much as a frame may have before anything is agreed on.
const maxGreeting = 9 + 16<<10

func (g *greeting) Read(p []byte) (int, error) {
	if g.whole { // net/http has handled all that it has read before
		g.once.Do(func() { close(g.done) })
	}
	n, err := g.Shared.Read(p)
	if !g.whole && g.err == nil {
		g.follow(p[:n], err)
	}
	return n, err
}

// follow looks at what was received until the first frame is whole.
func (g *greeting) follow(received []byte, err error) {
	g.received = append(g.received, received[:min(len(received), maxGreeting-len(g.received))]...)
	g.streams, g.whole, g.err = parseSettings(g.received)
	if !g.whole && g.err == nil {
		g.err = err
	}
	if g.err != nil {
		g.once.Do(func() { close(g.done) })
	}
	if g.whole {
		g.received = nil
	}
}

// parseSettings returns the number of streams that the first frame of a server allows, whether that frame is whole, and what is
// wrong with it.
func parseSettings(received []byte) (streams int, whole bool, err error) {
	if bytes.HasPrefix(received, []byte("HTTP/")) {
		line, _, _ := bytes.Cut(received, []byte("\r\n"))
		return 0, false, fmt.Errorf("%w: the server answers in HTTP/1.1, %.40q", http1.ErrMalformed, line)
	}
	framer := http2.NewFramer(nil, bytes.NewReader(received))
	framer.SetMaxReadFrameSize(maxGreeting)
	frame, err := framer.ReadFrame()
	switch settings, is := frame.(*http2.SettingsFrame); {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return 0, false, nil
	case err != nil:
		return 0, false, fmt.Errorf("%w: the server does not speak HTTP/2: %v", http1.ErrMalformed, err)
	case !is || settings.IsAck():
		return 0, false, fmt.Errorf("%w: the server does not begin with its HTTP/2 settings", http1.ErrMalformed)
	default:
		if most, set := settings.Value(http2.SettingMaxConcurrentStreams); set {
			return int(min(most, 1<<30)), true, nil
		}
		return defaultStreams, true, nil
	}
}
