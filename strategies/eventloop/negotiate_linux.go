package eventloop

import (
	"context"
	"crypto/tls"
	"net"
	"slices"

	"golang.org/x/sys/unix"

	"sweetspot/strategies/network"
)

// A negotiation makes a connection on which something must be negotiated before HTTP, such as TLS or a proxy's tunnel, or one whose
// path is not straight. That takes several messages, for
// which a goroutine waits. What it returns is like any other connection of the loop.
type negotiation struct {
	cancel context.CancelFunc // nil while it waits for its turn
}

// anything is the event of a connection that is new to the loop: while it was negotiated, anything may have arrived.
const anything = unix.EPOLLIN

// The number of negotiations with one host that a loop has in progress.
const (
	// firstNegotiations holds until one has succeeded, so that thousands of connections do not all make the longest handshake: the
	// others resume its session.
	firstNegotiations = 64
	// maxNegotiations bounds the memory, some 20 KB each. With few, the connections that are made already would keep a busy server
	// from answering the others in time.
	maxNegotiations = 1024
)

// mayNegotiate reports whether another negotiation may begin.
func (h *host) mayNegotiate() bool {
	if h.negotiated {
		return h.negotiations < maxNegotiations
	}
	return h.negotiations < firstNegotiations
}

// negotiate begins a negotiation, or lets it wait for its turn.
func (d *dialling) negotiate() {
	h := d.host
	d.negotiation = &negotiation{}
	if !h.mayNegotiate() {
		h.queue = append(h.queue, d)
		return
	}
	d.startNegotiation()
}

// startNegotiation begins a negotiation. Its time counts from here: that of a connection which waits for its turn is bounded by the
// timeout of its request.
func (d *dialling) startNegotiation() {
	l, h, n := d.loop, d.host, d.negotiation
	l.makeRoom()
	h.negotiations++
	l.dialTimers.join(&d.timeout, l.clock)
	ctx, cancel := context.WithTimeout(l.background.ctx, l.target.DialTimeout)
	n.cancel = cancel
	var secure *tls.Config
	if h.https {
		secure = l.tls
	}
	l.background.Go(func() {
		defer cancel()
		socket, err := l.network.DialSocket(ctx, net.JoinHostPort(h.name, h.port), secure, l.protocol.Multiplexes())
		l.inbox.post(func() {
			h.negotiations--
			h.negotiated = h.negotiated || err == nil
			d.negotiated(n, socket, err)
			h.negotiateNext()
		})
	})
}

// negotiateNext begins the negotiations that have waited longest.
func (h *host) negotiateNext() {
	for len(h.queue) > 0 && h.mayNegotiate() {
		d := h.queue[0]
		h.queue = h.queue[1:]
		d.startNegotiation()
	}
}

// negotiated handles the end of a negotiation, which may be no longer wanted.
func (d *dialling) negotiated(n *negotiation, s *network.Socket, err error) {
	switch {
	case d.negotiation != n:
		if err == nil {
			s.Close()
		}
		return
	case err == nil:
		if err = d.loop.sockets.add(s.FD(), d.dialler); err == nil {
			d.done(s, anything)
			return
		}
		d.loop.sockets.remove(s.FD())
		s.Close()
	}
	d.fail(err)
}

// stopNegotiating ends the negotiation, if there is one.
func (d *dialling) stopNegotiating() {
	n := d.negotiation
	d.negotiation = nil
	switch {
	case n == nil:
	case n.cancel != nil:
		n.cancel()
	default:
		d.host.queue = slices.DeleteFunc(d.host.queue, func(other *dialling) bool { return other == d })
	}
}
