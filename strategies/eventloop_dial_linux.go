package strategies

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

// The errors that a loop finds by itself; each is of the class that others' errors of its kind are.
var (
	errLate        = fmt.Errorf("no whole response in time: %w", os.ErrDeadlineExceeded)
	errDialTimeout = fmt.Errorf("no connection in time: %w", os.ErrDeadlineExceeded)
	errNoAnswer    = fmt.Errorf("the server closed the connection without an answer: %w", io.EOF)
)

// dial connects to the host, whose addresses may have to be found first.
func (c *conn) dial() {
	entry, addresses, known := c.loop.network.names.known(c.host.name)
	if !known {
		c.state = resolving
		c.loop.resolve(c)
		return
	}
	c.host.entry, c.addresses = entry, addresses
	c.tryNext(nil)
}

// resolve has a goroutine find the addresses that c needs, one a host at a time.
func (l *loop) resolve(c *conn) {
	h := c.host
	h.waiting = append(h.waiting, c)
	if len(h.waiting) > 1 {
		return
	}
	l.lookups.running.Go(func() {
		ctx, cancel := context.WithTimeout(l.lookups.life, l.target.DialTimeout)
		defer cancel()
		entry, addresses, err := l.network.names.resolve(ctx, h.name)
		l.inbox.post(func() {
			waiting := h.waiting
			h.waiting, h.entry = nil, entry
			for _, c := range waiting {
				if c.addresses = addresses; err != nil {
					c.fail(err)
					continue
				}
				c.tryNext(nil)
			}
		})
	})
}

// lookups are the goroutines that find addresses. One may outlive the requests that wanted it, but not the session.
type lookups struct {
	running sync.WaitGroup
	life    context.Context
	end     context.CancelFunc
}

func (l *lookups) open() { l.life, l.end = context.WithCancel(context.Background()) }

func (l *lookups) close() {
	l.end()
	l.running.Wait()
}

// tryNext tries the addresses that are left until one does not fail at once. Err is what came of the one before.
func (c *conn) tryNext(err error) {
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
		c.hangUp()
		c.addresses = c.addresses[1:]
	}
}

// connect begins to connect to an address; whether that succeeds, an event will tell.
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
	_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1) // as Go's dialer has it; no request waits for an ACK
	if err := unix.Connect(fd, address); err != nil && err != unix.EINPROGRESS {
		return c.dialFailed(ip, os.NewSyscallError("connect", err))
	}
	if err := c.loop.poller.add(fd, c.serial, unix.EPOLLIN|unix.EPOLLOUT|unix.EPOLLRDHUP); err != nil {
		return err
	}
	c.state = connecting
	c.loop.connecting.join(&c.patience, c.loop.clock)
	return nil
}

// makeRoom closes the connection that has been idle for longest, if there are twice as many as requests may be in flight:
// with many hosts, a few idle ones for each would use up the files that may be open.
func (l *loop) makeRoom() {
	if first := l.resting.first(); first != nil && l.open >= l.most {
		first.conn.spoil()
	}
}

// adopt gives c a new socket.
func (l *loop) adopt(c *conn, fd int) {
	for len(l.conns) <= fd {
		l.conns = append(l.conns, nil)
	}
	l.serial++
	l.conns[fd], c.fd, c.serial = c, fd, l.serial
	c.run, c.written = 0, 0
	l.open++
}

// connected sees to the end of connecting, and sends the request if it was a good one.
func (c *conn) connected() bool {
	errno, err := unix.GetsockoptInt(c.fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err == nil && errno != 0 {
		err = unix.Errno(errno)
	}
	if err != nil {
		c.unconnected(os.NewSyscallError("connect", err))
		return false
	}
	c.patience.leave()
	c.host.entry.prefer(c.addresses[0])
	c.addresses, c.dialError = nil, nil
	c.send()
	return c.state == answering
}

// unconnected gives the address up that was being tried.
func (c *conn) unconnected(err error) {
	c.hangUp()
	ip := c.addresses[0]
	c.addresses = c.addresses[1:]
	c.tryNext(c.dialFailed(ip, err))
}

func (c *conn) dialFailed(ip string, err error) error {
	return fmt.Errorf("dial tcp %s: %w", net.JoinHostPort(ip, c.host.port), err)
}

// socketAddress returns the address as the system wants it.
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

// zoneID returns the number of the interface that an IPv6 zone names; 0, which is none, if there is no such interface.
func zoneID(zone string) uint32 {
	if number, err := strconv.ParseUint(zone, 10, 32); err == nil {
		return uint32(number)
	}
	if i, err := net.InterfaceByName(zone); err == nil {
		return uint32(i.Index)
	}
	return 0
}
