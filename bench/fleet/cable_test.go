package fleet_test

import (
	"bytes"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"
)

// A cable leads connections to another address. It can be cut, and it can hold back what it carries.
type cable struct {
	listener net.Listener
	to       string
	carrying sync.WaitGroup

	mu     sync.Mutex
	free   *sync.Cond // signalled when held ends
	held   bool
	ended  bool
	conns  []net.Conn
	word   []byte // which holds back, once, what comes with it
	holdBy time.Duration
}

// lay returns a cable to the server of a URL, and the URL by which the server is reached through it.
func lay(t *testing.T, server string) (*cable, string) {
	t.Helper()
	to, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cable{listener: listener, to: to.Host}
	c.free = sync.NewCond(&c.mu)
	c.carrying.Go(c.accept)
	t.Cleanup(func() {
		c.mu.Lock()
		c.ended = true
		c.free.Broadcast()
		c.mu.Unlock()
		listener.Close()
		c.cut()
		c.carrying.Wait()
	})
	return c, to.Scheme + "://" + listener.Addr().String()
}

func (c *cable) accept() {
	for {
		from, err := c.listener.Accept()
		if err != nil {
			return
		}
		to, err := net.Dial("tcp", c.to)
		if err != nil {
			from.Close()
			continue
		}
		c.mu.Lock()
		c.conns = append(c.conns, from, to)
		c.mu.Unlock()
		c.carrying.Go(func() { c.carry(from, to) })
		c.carrying.Go(func() { c.carry(to, from) })
	}
}

func (c *cable) carry(from, to net.Conn) {
	defer from.Close()
	defer to.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		c.pass(buffer[:n])
		if _, failed := to.Write(buffer[:n]); err != nil || failed != nil {
			return
		}
	}
}

// pass waits while the cable holds back what it carries.
func (c *cable) pass(data []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.word) > 0 && bytes.Contains(data, c.word) {
		c.word = nil
		c.mu.Unlock()
		time.Sleep(c.holdBy)
		c.mu.Lock()
	}
	for c.held && !c.ended {
		c.free.Wait()
	}
}

// hold holds back all that the cable carries, until it is held no more. Connections stay.
func (c *cable) hold(held bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held = held
	c.free.Broadcast()
}

// holdAt holds back for a time what comes with the word, once.
func (c *cable) holdAt(word string, d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.word, c.holdBy = []byte(word), d
}

// cut closes all connections. New ones can be made.
func (c *cable) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.conns {
		conn.Close()
	}
	c.conns = nil
}
