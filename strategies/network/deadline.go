package network

import (
	"errors"
	"os"
	"time"
)

// lazyDeadlineConn sets few of the deadlines that it is given. A client that gives every request a deadline moves two of the
// runtime's timers per request, for deadlines that hardly ever expire. This connection only stores a deadline that is later
// than the one set. If the one set then expires, it sets the stored one and continues the interrupted call. The connection is
// for one goroutine at a time.
type lazyDeadlineConn struct {
	*wire
	read, write deadline
}

// deadline holds the time set on the connection, which is never later than the time wanted. The zero time is no deadline.
type deadline struct{ set, wanted time.Time }

// SetReadDeadline implements [net.Conn].
func (c *lazyDeadlineConn) SetReadDeadline(t time.Time) error {
	return c.read.move(t, c.wire.SetReadDeadline)
}

// SetWriteDeadline implements [net.Conn].
func (c *lazyDeadlineConn) SetWriteDeadline(t time.Time) error {
	return c.write.move(t, c.wire.SetWriteDeadline)
}

// SetDeadline implements [net.Conn].
func (c *lazyDeadlineConn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

func (c *lazyDeadlineConn) Read(p []byte) (int, error) {
	for {
		n, err := c.wire.Read(p)
		if err == nil || !c.read.extend(err, c.wire.SetReadDeadline) {
			return n, err
		}
	}
}

func (c *lazyDeadlineConn) Write(p []byte) (int, error) {
	written := 0
	for {
		n, err := c.wire.Write(p[written:])
		written += n
		if err == nil || !c.write.extend(err, c.wire.SetWriteDeadline) {
			return written, err
		}
	}
}

// move makes t the deadline that is wanted, and sets it only if the one that is set would expire too late.
func (d *deadline) move(t time.Time, set func(time.Time) error) error {
	d.wanted = t
	if d.set.IsZero() && t.IsZero() || !d.set.IsZero() && (t.IsZero() || !t.Before(d.set)) {
		return nil
	}
	return d.renew(set)
}

// extend sets the deadline that is wanted if err comes from one that expired too early. It then returns true: the
// interrupted call must be made again.
func (d *deadline) extend(err error, set func(time.Time) error) bool {
	early := !d.set.Equal(d.wanted) && (d.wanted.IsZero() || time.Now().Before(d.wanted))
	return early && errors.Is(err, os.ErrDeadlineExceeded) && d.renew(set) == nil
}

// renew sets the deadline that is wanted.
func (d *deadline) renew(set func(time.Time) error) error {
	d.set = d.wanted
	return set(d.wanted)
}
