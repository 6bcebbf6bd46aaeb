package eventloop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strconv"
	"sync"

	"golang.org/x/sys/unix"
)

// The errors that a loop finds by itself. Each wraps an error that gives it the same class as in the other clients.
var (
	errTimeout     = fmt.Errorf("no whole response in time: %w", os.ErrDeadlineExceeded)
	errDialTimeout = fmt.Errorf("no connection in time: %w", os.ErrDeadlineExceeded)
	errNoResponse  = fmt.Errorf("the server closed the connection without a response: %w", io.EOF)
)

// dial connects to the host. If its addresses are not known, it waits for a lookup first.
func (c *conn) dial() {
	addresses, known := c.loop.network.Known(c.host.name)
	if !known {
		c.state = resolving
		c.loop.resolve(c)
		return
	}
	c.addresses = addresses
	c.tryAddresses(nil)
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
				if c.addresses = addresses; err != nil {
					c.fail(err)
					continue
				}
				c.tryAddresses(nil)
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

func (l *lookups) close() {
	l.cancel()
	l.running.Wait()
}

// tryAddresses tries the remaining addresses until one does not fail at once. err is the error of the address that was tried
// before them, or nil.
func (c *conn) tryAddresses(err error) {
	for {
		if err != nil {
			c.dialError = errors.Join(c.dialError, err)
		}
		if len(c.addresses) == 0 {
			c.fail(c.dialError)
			return
		}
		if err = c.connect(c.addresses[0]); err == nil {
			return
		}
		c.closeSocket()
		c.addresses = c.addresses[1:]
	}
}

// connect begins to connect to an address. An event will say whether it succeeded.
func (c *conn) connect(ip string) error {
	family, address, err := c.socketAddress(ip)
	if err != nil {
		return err
	}
	c.loop.makeRoom()
	fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return c.dialFailed(ip, os.NewSyscallError("socket", err))
	}
	c.loop.adopt(c, fd)
	_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1) // as Go's dialer does, so that no request waits for an ACK
	if err := unix.Connect(fd, address); err != nil && err != unix.EINPROGRESS {
		return c.dialFailed(ip, os.NewSyscallError("connect", err))
	}
	if err := c.loop.poller.add(fd, c.serial, unix.EPOLLIN|unix.EPOLLOUT|unix.EPOLLRDHUP); err != nil {
		return err
	}
	c.state = connecting
	c.loop.dialTimers.join(&c.connTimer, c.loop.clock)
	return nil
}

// makeRoom closes the connection that has been idle for the longest time if there are maxOpen connections, which is twice the
// limit: with many hosts, a few idle connections to each would exceed the number of files that may be open.
func (l *loop) makeRoom() {
	if first := l.idleTimers.first(); first != nil && l.open >= l.maxOpen {
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
	c.lastRun, c.written = 0, 0
	l.open++
}

// connected handles the result of connecting: it sends the request, or tries the next address. It returns whether a response
// may arrive.
func (c *conn) connected() bool {
	errno, err := unix.GetsockoptInt(c.fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err == nil && errno != 0 {
		err = unix.Errno(errno)
	}
	if err != nil {
		c.addressFailed(os.NewSyscallError("connect", err))
		return false
	}
	c.connTimer.leave()
	c.loop.network.Prefer(c.host.name, c.addresses[0])
	c.addresses, c.dialError = nil, nil
	c.send()
	return c.state == receiving
}

// addressFailed gives up the address that was being tried, and tries the others.
func (c *conn) addressFailed(err error) {
	c.closeSocket()
	ip := c.addresses[0]
	c.addresses = c.addresses[1:]
	c.tryAddresses(c.dialFailed(ip, err))
}

func (c *conn) dialFailed(ip string, err error) error {
	return fmt.Errorf("dial tcp %s: %w", net.JoinHostPort(ip, c.host.port), err)
}

// socketAddress returns the address in the form that the system call takes.
func (c *conn) socketAddress(ip string) (family int, address unix.Sockaddr, err error) {
	parsed, err := netip.ParseAddr(ip)
	if err != nil {
		return 0, nil, fmt.Errorf("dial tcp: %w", err)
	}
	number, err := strconv.ParseUint(c.host.port, 10, 16)
	if err != nil {
		return 0, nil, fmt.Errorf("dial tcp: port: %w", err)
	}
	port := int(number)
	if parsed = parsed.Unmap(); parsed.Is4() {
		return unix.AF_INET, &unix.SockaddrInet4{Port: port, Addr: parsed.As4()}, nil
	}
	v6 := &unix.SockaddrInet6{Port: port, Addr: parsed.As16()}
	if zone := parsed.Zone(); zone != "" {
		v6.ZoneId = zoneID(zone)
	}
	return unix.AF_INET6, v6, nil
}

// zoneID returns the number of the interface that an IPv6 zone names, and 0 if there is no such interface.
func zoneID(zone string) uint32 {
	if number, err := strconv.ParseUint(zone, 10, 32); err == nil {
		return uint32(number)
	}
	if i, err := net.InterfaceByName(zone); err == nil {
		return uint32(i.Index)
	}
	return 0
}
