package strategies

import (
	"errors"
	"net"
	"os"
	"time"
)

// patientConn spares a connection most of the deadlines that it is given. A client that gives every request one moves two
// of the runtime's timers a request, for deadlines that hardly ever come. Here a deadline that is later than the one set
// is only noted; when the one set comes too soon, the latest is set and what it interrupted goes on. It is for one
// goroutine at a time.
type patientConn struct {
	*net.TCPConn
	reading, writing deadline
}

// deadline is the one that is set, which is never later than the one that is due. Zero is none.
type deadline struct{ set, due time.Time }

// SetReadDeadline implements [net.Conn].
func (c *patientConn) SetReadDeadline(t time.Time) error {
	return c.reading.move(t, c.TCPConn.SetReadDeadline)
}

// SetWriteDeadline implements [net.Conn].
func (c *patientConn) SetWriteDeadline(t time.Time) error {
	return c.writing.move(t, c.TCPConn.SetWriteDeadline)
}

// SetDeadline implements [net.Conn].
func (c *patientConn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

func (c *patientConn) Read(p []byte) (int, error) {
	for {
		n, err := c.TCPConn.Read(p)
		if err == nil || !c.reading.prolong(err, c.TCPConn.SetReadDeadline) {
			return n, err
		}
	}
}

func (c *patientConn) Write(p []byte) (int, error) {
	written := 0
	for {
		n, err := c.TCPConn.Write(p[written:])
		written += n
		if err == nil || !c.writing.prolong(err, c.TCPConn.SetWriteDeadline) {
			return written, err
		}
	}
}

// move makes t the deadline that is due; it is set only if the one that is set would come too late.
func (d *deadline) move(t time.Time, set func(time.Time) error) error {
	d.due = t
	if d.set.IsZero() && t.IsZero() || !d.set.IsZero() && (t.IsZero() || !t.Before(d.set)) {
		return nil
	}
	return d.renew(set)
}

// prolong sets the deadline that is due, if err is of one that has come too soon. It reports whether that is so, and what
// was interrupted is to be tried again.
func (d *deadline) prolong(err error, set func(time.Time) error) bool {
	early := !d.set.Equal(d.due) && (d.due.IsZero() || time.Now().Before(d.due))
	return early && errors.Is(err, os.ErrDeadlineExceeded) && d.renew(set) == nil
}

// renew sets the deadline that is due.
func (d *deadline) renew(set func(time.Time) error) error {
	d.set = d.due
	return set(d.due)
}
