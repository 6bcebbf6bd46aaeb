package network

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// DialPackets calls dial for the addresses of a host until one succeeds, for a protocol over UDP: each address is tried as RFC 8305
// says for TCP, see [AttemptDelay]. The address is host:port; ctx is that of dial, and ends when another address has succeeded, with
// the dial timeout, or by Close. The error is that of the lookup, or the joined errors of dial, and wraps [net.ErrClosed] after Close.
func DialPackets[C any](ctx context.Context, n *Network, address string, dial func(ctx context.Context, to *net.UDPAddr) (C, error), discard func(C)) (conn C, err error) {
	ctx, cancel := context.WithTimeout(ctx, n.dialTimeout)
	defer cancel()
	defer context.AfterFunc(n.ctx, cancel)()
	conn, err = dialPackets(ctx, n, address, dial, discard)
	if err != nil && n.ctx.Err() != nil {
		return conn, fmt.Errorf("dial %s: %w", address, errSessionClosed)
	}
	return conn, err
}

func dialPackets[C any](ctx context.Context, n *Network, address string, dial func(ctx context.Context, to *net.UDPAddr) (C, error), discard func(C)) (none C, err error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return none, fmt.Errorf("dial %s: %w", address, err)
	}
	host, port = n.route.Destination(host, port)
	addresses, err := n.Resolve(ctx, host)
	if err != nil {
		return none, err
	}
	type end struct {
		ip   string
		conn C
		err  error
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends the attempts that have not won
	ended := make(chan end)
	attempt := func(ip string) {
		to, err := net.ResolveUDPAddr("udp", net.JoinHostPort(ip, port))
		e := end{ip: ip, err: err}
		if err == nil {
			e.conn, e.err = dial(ctx, to)
		}
		select {
		case ended <- e:
		case <-ctx.Done():
			if e.err == nil {
				discard(e.conn)
			}
		}
	}
	var errs []error
	var delay <-chan time.Time
	for next, due := 0, true; len(errs) < len(addresses); {
		if due && next < len(addresses) {
			go attempt(addresses[next])
			delay, due = time.After(AttemptDelay), false
			next++
		}
		select {
		case e := <-ended:
			if e.err == nil {
				n.Prefer(host, e.ip)
				return e.conn, nil
			}
			errs, due = append(errs, e.err), true
		case <-delay:
			due = true
		case <-ctx.Done():
			return none, errors.Join(append(errs, fmt.Errorf("dial udp %s: %w", net.JoinHostPort(addresses[0], port), ctx.Err()))...)
		}
	}
	return none, errors.Join(errs...)
}

// OnClose calls f in a goroutine of its own when the network is closed, unless stop is called before.
func (n *Network) OnClose(f func()) (stop func() bool) { return context.AfterFunc(n.ctx, f) }

// Closed returns an error that wraps [net.ErrClosed] after Close, and nil before.
func (n *Network) Closed() error {
	if n.ctx.Err() != nil {
		return errSessionClosed
	}
	return nil
}

// RefusesPackets reports whether nobody listens at a UDP port, as far as the host says so before ctx ends. It sends the port a byte,
// which means nothing to a server.
func RefusesPackets(ctx context.Context, to *net.UDPAddr) bool {
	conn, err := net.DialUDP("udp", nil, to)
	if err != nil {
		return false
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Unix(1, 0)) })()
	if _, err := conn.Write([]byte{0}); err != nil {
		return errors.Is(err, syscall.ECONNREFUSED)
	}
	_, err = conn.Read(make([]byte, 1))
	return errors.Is(err, syscall.ECONNREFUSED)
}

// WantedBuffer is the size in bytes of the socket buffers that QUIC wants: with smaller ones the kernel drops packets at high rates.
// It is what quic-go asks for.
const WantedBuffer = 7 << 20

// LargestBuffers returns the sizes in bytes of the largest buffers that the system gives a socket, for receiving and for sending; 0
// where it does not say.
func LargestBuffers() (receive, send int) { return sysctl("rmem_max"), sysctl("wmem_max") }

func sysctl(name string) int {
	text, err := os.ReadFile("/proc/sys/net/core/" + name)
	if err != nil {
		return 0
	}
	n, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	return n
}
