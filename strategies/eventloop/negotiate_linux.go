package eventloop

import (
	"context"
	"crypto/tls"
	"net"
	"slices"
	"time"

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

// maxNegotiations is the number of negotiations with one host that a loop has in progress: enough to be bound by the processors
// rather than by the time that messages take, and few enough that thousands of connections neither take much memory nor all make the
// longest handshake, which only the first have to make.
const maxNegotiations = 64

// negotiate begins a negotiation, or lets it wait for its turn.
func (d *dialling) negotiate() {
	h := d.host
	d.negotiation = &negotiation{}
	if h.negotiations == maxNegotiations {
		h.queue = append(h.queue, d)
		return
	}
	d.startNegotiation()
}

func (d *dialling) startNegotiation() {
	l, h, n := d.loop, d.host, d.negotiation
	l.makeRoom()
	h.negotiations++
	deadline := time.Now().Add(d.timeout.at - l.clock)
	ctx, cancel := context.WithDeadline(l.background.ctx, deadline)
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
			d.negotiated(n, socket, err)
			h.negotiateNext()
		})
	})
}

// negotiateNext begins the negotiation that has waited longest.
func (h *host) negotiateNext() {
	if len(h.queue) > 0 && h.negotiations < maxNegotiations {
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
