package network

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"
)

// AttemptDelay is how long the attempt to connect to one address of a host goes on before the next address is tried as well
// (RFC 8305, section 5). If an attempt fails, the next begins at once. The first that succeeds wins, and the others end.
const AttemptDelay = 250 * time.Millisecond

// attempt is the end of an attempt to connect to one address.
type attempt struct {
	ip   string
	conn net.Conn
	err  error
}

// race connects to the first of the addresses that answers. It returns the joined errors of all of them if none does.
func (n *Network) race(ctx context.Context, addresses []string, port string) (*net.TCPConn, string, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends the attempts that have not won
	var (
		ended = make(chan attempt)
		delay <-chan time.Time
		errs  []error
	)
	for next, due := 0, true; len(errs) < len(addresses); {
		if due && next < len(addresses) {
			go n.connect(ctx, addresses[next], port, ended)
			delay = time.After(AttemptDelay)
			next++
		}
		select {
		case a := <-ended:
			if a.err == nil {
				return a.conn.(*net.TCPConn), a.ip, nil
			}
			errs, due = append(errs, a.err), true
		case <-delay:
			due = true
		case <-ctx.Done():
			errs = append(errs, fmt.Errorf("dial tcp %s: %w", net.JoinHostPort(addresses[0], port), ctx.Err()))
			return nil, "", errors.Join(errs...)
		}
	}
	return nil, "", errors.Join(errs...)
}

// connect tries one address, and closes the connection if nobody wants it any more.
func (n *Network) connect(ctx context.Context, ip, port string, ended chan<- attempt) {
	conn, err := n.dialer.DialContext(ctx, "tcp", net.JoinHostPort(ip, port))
	select {
	case ended <- attempt{ip, conn, err}:
	case <-ctx.Done():
		if err == nil {
			conn.Close()
		}
	}
}
