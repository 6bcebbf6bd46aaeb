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
)

// The errors that a loop finds by itself. Each wraps an error that gives it the same class as in the other clients.
var (
	errTimeout     = fmt.Errorf("no whole response in time: %w", os.ErrDeadlineExceeded)
	errDialTimeout = fmt.Errorf("no connection in time: %w", os.ErrDeadlineExceeded)
	errNoResponse  = fmt.Errorf("the server closed the connection without a response: %w", io.EOF)
	errAborted     = fmt.Errorf("the session was closed: %w", net.ErrClosed)
)

// A dialling is what a request needs while it waits for a connection. It tries the host's addresses as RFC 8305 says: one after
// the other, the next when the previous one has failed or has not answered for network.AttemptDelay.
type dialling struct {
	attempts  []*conn  // in progress, each with a socket of its own
	addresses []string // not tried yet
	err       error    // of the addresses that were tried
	stagger   timer    // when the next address is tried
}

// dial connects to the host, within the dial timeout. If its addresses are not known, it waits for a lookup first.
func (c *conn) dial() {
	c.loop.dialTimers.join(&c.connTimer, c.loop.clock)
	addresses, known := c.loop.network.Known(c.host.name)
	if !known {
		c.state = resolving
		c.loop.resolve(c)
		return
	}
	c.connect(addresses)
}

// resolve starts a goroutine that finds the addresses for c, unless one is already running for the same host.
func (l *loop) resolve(c *conn) {
	h := c.host
	h.waiting = append(h.waiting, c)
	if len(h.waiting) > 1 {
		return
	}
	l.lookups.running.Go(func() {
		ctx, cancel := context.WithTimeout(l.lookups.ctx, l.target.DialTimeout)
		defer cancel()
		addresses, err := l.network.Resolve(ctx, h.name)
		l.inbox.post(func() {
			waiting := h.waiting
			h.waiting = nil
			for _, c := range waiting {
				if err != nil {
					c.fail(err)
					continue
				}
				c.connect(addresses)
			}
		})
	})
}

// lookups are the goroutines that find addresses. Such a goroutine may outlive the requests that waited for it, but not the
// session.
type lookups struct {
	running sync.WaitGroup
	ctx     context.Context
	cancel  context.CancelFunc
}

func (l *lookups) open() { l.ctx, l.cancel = context.WithCancel(context.Background()) }

// connect connects to one of the addresses.
func (c *conn) connect(addresses []string) {
	c.state = connecting
	c.dialling.addresses = addresses
	c.tryNext()
}

// tryNext tries the next address, and those after it if it fails at once.
func (c *conn) tryNext() {
	d := &c.dialling
	d.stagger.leave()
	for len(d.addresses) > 0 {
		ip := d.addresses[0]
		d.addresses = d.addresses[1:]
		attempt, err := c.attempt(ip)
		if err == nil {
			d.attempts = append(d.attempts, attempt)
			if len(d.addresses) > 0 {
				c.loop.attemptTimers.join(&d.stagger, c.loop.clock)
			}
			return
		}
		d.err = errors.Join(d.err, c.dialFailed(ip, err))
	}
	if len(d.attempts) == 0 {
		c.fail(d.err)
	}
}

// attempt begins to connect to an address, for the request of c. An event for the conn that it returns will say whether that
// succeeded.
func (c *conn) attempt(ip string) (*conn, error) {
	l := c.loop
	family, address, err := socketAddress(ip, c.host.port)
	if err != nil {
		return nil, err
	}
	l.makeRoom()
	fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	attempt := l.newConn(c.host)
	attempt.state, attempt.owner, attempt.ip = attempting, c, ip
	l.adopt(attempt, fd)
	_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1) // as Go's dialer does, so that no request waits for an ACK
	err = os.NewSyscallError("connect", unix.Connect(fd, address))
	if err == nil || errors.Is(err, unix.EINPROGRESS) {
		err = l.poller.add(fd, attempt.serial, unix.EPOLLIN|unix.EPOLLOUT|unix.EPOLLRDHUP)
	}
	if err != nil {
		attempt.disconnect()
		return nil, err
	}
	return attempt, nil
}

// keptHosts is the number of hosts to which a loop keeps as many connections as its limit.
const keptHosts = 8

// makeRoom closes the connection that has been idle for the longest time if there are very many: with many hosts, a few idle
// connections to each would exceed the number of files that may be open.
func (l *loop) makeRoom() {
	most := l.limit * min(len(l.hosts.byPrefix)+1, keptHosts)
	if first := l.idleTimers.first(); first != nil && l.open >= most {
		first.conn.discard()
	}
}

// adopt gives c a new socket.
func (l *loop) adopt(c *conn, fd int) {
	for len(l.conns) <= fd {
		l.conns = append(l.conns, nil)
	}
	l.serial++
	l.conns[fd], c.fd, c.serial = c, fd, l.serial
	c.lastRun, c.written, c.answers = 0, 0, 0
	l.open++
}

// connected handles the result of an attempt. It returns the conn for whose request it was made, which has the connection
// then, or nil if there is none or nothing can arrive on it.
func (c *conn) connected() *conn {
	owner, ip := c.owner, c.ip
	d := &owner.dialling
	d.attempts = slices.DeleteFunc(d.attempts, func(other *conn) bool { return other == c })
	errno, err := unix.GetsockoptInt(c.fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err == nil && errno != 0 {
		err = unix.Errno(errno)
	}
	if err != nil {
		c.disconnect()
		d.err = errors.Join(d.err, owner.dialFailed(ip, os.NewSyscallError("connect", err)))
		owner.tryNext()
		return nil
	}
	l := c.loop
	l.conns[c.fd], owner.fd, owner.serial = owner, c.fd, c.serial
	owner.lastRun, owner.written, owner.answers = 0, 0, 0
	c.fd = -1
	c.disconnect()
	owner.stopDialling()
	l.network.Prefer(owner.host.name, ip)
	owner.send()
	if owner.state != receiving {
		return nil
	}
	return owner
}

// stopDialling ends the attempts and their timers.
func (c *conn) stopDialling() {
	d := &c.dialling
	c.connTimer.leave()
	d.stagger.leave()
	for _, attempt := range d.attempts {
		attempt.disconnect()
	}
	clear(d.attempts)
	d.attempts, d.addresses, d.err = d.attempts[:0], nil, nil
}

// dialTimedOut ends the request at the dial timeout.
func (c *conn) dialTimedOut() {
	if c.state == resolving {
		c.host.stopWaiting(c)
	}
	err := errDialTimeout
	for _, attempt := range c.dialling.attempts {
		err = errors.Join(err, c.dialFailed(attempt.ip, os.ErrDeadlineExceeded))
	}
	c.fail(errors.Join(err, c.dialling.err))
}

func (c *conn) dialFailed(ip string, err error) error {
	return fmt.Errorf("dial tcp %s: %w", net.JoinHostPort(ip, c.host.port), err)
}
