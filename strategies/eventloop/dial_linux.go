package eventloop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"sync"

	"golang.org/x/sys/unix"

	"sweetspot/strategies/network"
)

// The errors that a loop finds by itself. Each wraps an error that gives it the same class as in the other clients.
var (
	errTimeout     = fmt.Errorf("no whole response in time: %w", os.ErrDeadlineExceeded)
	errDialTimeout = fmt.Errorf("no connection in time: %w", os.ErrDeadlineExceeded)
	errNoResponse  = fmt.Errorf("the server closed the connection without a response: %w", io.EOF)
	errAborted     = fmt.Errorf("the session was closed: %w", net.ErrClosed)
)

// A dialler is a speaker that needs a connection.
type dialler interface {
	speaker
	// connected gets the connection, of which it is the speaker already. The loop calls ready right afterwards.
	connected(s *network.Socket)
	// dialFailed is called if there will be none.
	dialFailed(err error)
}

// A dialling makes a connection within the dial timeout. Straight to a host, and without TLS, it connects by itself. It tries
// the host's addresses as RFC 8305 says: one after the other, the next when the previous one has failed or has not answered for
// network.AttemptDelay. For others it negotiates.
type dialling struct {
	loop    *loop
	host    *host
	dialler dialler

	timeout     timer[*dialling]
	stagger     timer[*dialling] // when the next address is tried
	attempts    []*attempt       // in progress, each with a socket of its own
	addresses   []string         // not tried yet
	err         error            // of the addresses that were tried
	negotiation *negotiation     // in progress
}

// init prepares a dialling for d.
func (d *dialling) init(l *loop, dialler dialler) {
	d.loop, d.dialler = l, dialler
	d.timeout.owner, d.stagger.owner = d, d
}

// begin begins to connect to a host.
func (d *dialling) begin(h *host) {
	l := d.loop
	d.host = h
	if h.https || !l.target.Route.IsStraight() {
		d.negotiate()
		return
	}
	l.dialTimers.join(&d.timeout, l.clock)
	addresses, known := l.network.Known(h.name)
	if !known {
		l.resolve(d)
		return
	}
	d.connect(addresses)
}

// resolve starts a goroutine that finds the addresses for d, unless one is already running for the same host.
func (l *loop) resolve(d *dialling) {
	h := d.host
	h.waiting = append(h.waiting, d)
	if len(h.waiting) > 1 {
		return
	}
	l.background.Go(func() {
		ctx, cancel := context.WithTimeout(l.background.ctx, l.target.DialTimeout)
		defer cancel()
		addresses, err := l.network.Resolve(ctx, h.name)
		l.inbox.post(func() {
			waiting := h.waiting
			h.waiting = nil
			for _, d := range waiting {
				if err != nil {
					d.fail(err)
					continue
				}
				d.connect(addresses)
			}
		})
	})
}

// background are a loop's goroutines, which find addresses and negotiate. Such a goroutine may outlive the requests that waited for
// it, but not the session.
type background struct {
	sync.WaitGroup
	ctx  context.Context
	stop context.CancelFunc
}

func (b *background) open() { b.ctx, b.stop = context.WithCancel(context.Background()) }

// connect connects to one of the addresses.
func (d *dialling) connect(addresses []string) {
	d.addresses = addresses
	d.tryNext()
}

// tryNext tries the next address, and those after it if it fails at once.
func (d *dialling) tryNext() {
	d.stagger.leave()
	for len(d.addresses) > 0 {
		ip := d.addresses[0]
		d.addresses = d.addresses[1:]
		a, err := d.attempt(ip)
		if err == nil {
			d.attempts = append(d.attempts, a)
			if len(d.addresses) > 0 {
				d.loop.attemptTimers.join(&d.stagger, d.loop.clock)
			}
			return
		}
		d.err = errors.Join(d.err, d.attemptFailed(ip, err))
	}
	if len(d.attempts) == 0 {
		d.fail(d.err)
	}
}

// An attempt connects to one address. It is the speaker of its socket until the connection is made.
type attempt struct {
	dialling *dialling
	ip       string
	fd       int
}

// attempt begins to connect to an address. An event for the attempt that it returns will say whether that succeeded.
func (d *dialling) attempt(ip string) (*attempt, error) {
	family, address, err := socketAddress(ip, d.host.port)
	if err != nil {
		return nil, err
	}
	d.loop.makeRoom()
	fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1) // as Go's dialer does, so that no request waits for an ACK
	a := &attempt{d, ip, fd}
	err = os.NewSyscallError("connect", unix.Connect(fd, address))
	if err != nil && !errors.Is(err, unix.EINPROGRESS) {
		_ = unix.Close(fd)
		return nil, err
	}
	if err := d.loop.sockets.add(fd, a); err != nil {
		a.disconnect()
		return nil, err
	}
	return a, nil
}

// disconnect implements [speaker].
func (a *attempt) disconnect() {
	a.dialling.loop.sockets.remove(a.fd)
	_ = unix.Close(a.fd)
}

// ready implements [speaker]: the attempt has succeeded or failed.
func (a *attempt) ready(events uint32) {
	d := a.dialling
	d.attempts = slices.DeleteFunc(d.attempts, func(other *attempt) bool { return other == a })
	errno, err := unix.GetsockoptInt(a.fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err == nil && errno != 0 {
		err = unix.Errno(errno)
	}
	if err != nil {
		a.disconnect()
		d.err = errors.Join(d.err, d.attemptFailed(a.ip, os.NewSyscallError("connect", err)))
		d.tryNext()
		return
	}
	d.loop.network.Prefer(d.host.name, a.ip)
	d.done(network.NewSocket(a.fd), events)
}

// done hands over the connection, of which the dialler has been made the speaker, or will be.
func (d *dialling) done(s *network.Socket, events uint32) {
	all, fd := &d.loop.sockets, s.FD()
	all.pass(fd, d.dialler)
	serial := all.places[fd].serial
	d.stop()
	d.dialler.connected(s)
	all.handle(int32(fd), serial, events)
}

// fail ends the dialling without a connection.
func (d *dialling) fail(err error) {
	d.stop()
	d.dialler.dialFailed(err)
}

// stop ends the attempts, the negotiation and the timers.
func (d *dialling) stop() {
	d.timeout.leave()
	d.stagger.leave()
	for _, a := range d.attempts {
		a.disconnect()
	}
	clear(d.attempts)
	d.attempts, d.addresses, d.err = d.attempts[:0], nil, nil
	if d.host != nil {
		d.host.stopWaiting(d)
	}
	d.stopNegotiating()
	d.host = nil
}

// timedOut ends the dialling at the dial timeout.
func (d *dialling) timedOut() {
	err := errDialTimeout
	for _, a := range d.attempts {
		err = errors.Join(err, d.attemptFailed(a.ip, os.ErrDeadlineExceeded))
	}
	d.fail(errors.Join(err, d.err))
}

func (d *dialling) attemptFailed(ip string, err error) error {
	return fmt.Errorf("dial tcp %s: %w", net.JoinHostPort(ip, d.host.port), err)
}

// keptHosts is the number of hosts to which a loop keeps as many connections as its limit.
const keptHosts = 8

// makeRoom closes the connection that has been idle for the longest time if there are very many: with many hosts, a few idle
// connections to each would exceed the number of files that may be open.
func (l *loop) makeRoom() {
	most := l.limit * min(len(l.hosts.byPrefix)+1, keptHosts)
	if first := l.idleTimers.first(); first != nil && l.sockets.open >= most {
		first.owner.discard()
	}
}
