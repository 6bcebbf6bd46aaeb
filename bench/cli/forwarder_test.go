package cli_test

import (
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"testing"
	"time"
)

// A forwarder is a network between two machines: it hands connections on, with a delay, and can be cut.
type forwarder struct {
	listener net.Listener
	to       string
	delay    time.Duration // in each direction
	mu       sync.Mutex
	cut      bool
	open     map[net.Conn]bool
	handing  sync.WaitGroup
}

// forward listens on the address and hands connections on to another one.
func forward(from, to string, delay time.Duration) (*forwarder, error) {
	listener, err := net.Listen("tcp", from)
	if err != nil {
		return nil, err
	}
	f := &forwarder{listener: listener, to: to, delay: delay, open: map[net.Conn]bool{}}
	f.handing.Go(f.accept)
	return f, nil
}

// forwarded is forward on a free port of 127.0.0.1 until the test ends.
func forwarded(t *testing.T, to string, delay time.Duration) *forwarder {
	t.Helper()
	f, err := forward("127.0.0.1:0", to, delay)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.close)
	return f
}

func (f *forwarder) address() string { return f.listener.Addr().String() }

func (f *forwarder) accept() {
	for {
		near, err := f.listener.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", f.to)
		if err != nil || !f.keep(near, far) {
			_ = near.Close()
			continue
		}
		f.handing.Go(func() { f.hand(near, far) })
		f.handing.Go(func() { f.hand(far, near) })
	}
}

// keep notes the connections, unless the network is cut.
func (f *forwarder) keep(near, far net.Conn) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.cut {
		_ = far.Close()
		return false
	}
	f.open[near], f.open[far] = true, true
	return true
}

// hand writes to one connection what comes from the other, as much later as the delay, and then closes both.
func (f *forwarder) hand(from, to net.Conn) {
	type chunk struct {
		due  time.Time
		text []byte
	}
	chunks := make(chan chunk, 1024)
	f.handing.Go(func() {
		defer close(chunks)
		for {
			text := make([]byte, 16<<10)
			n, err := from.Read(text)
			if n > 0 {
				chunks <- chunk{time.Now().Add(f.delay), text[:n]}
			}
			if err != nil {
				return
			}
		}
	})
	for c := range chunks {
		time.Sleep(time.Until(c.due))
		_, _ = to.Write(c.text)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	_ = from.Close()
	_ = to.Close()
	delete(f.open, from)
	delete(f.open, to)
}

// sever cuts the network, or mends it.
func (f *forwarder) sever(cut bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cut = cut
	for conn := range f.open {
		if cut {
			_ = conn.Close()
		}
	}
}

func (f *forwarder) close() {
	_ = f.listener.Close()
	f.sever(true)
	f.handing.Wait()
}

// asForwarder makes the test binary, when it is started with it, a forwarder: FROM TO DELAY, several times. It forwards until its
// standard input ends.
const asForwarder = "as-forwarder"

func forwardAll(words []string) {
	for ; len(words) >= 3; words = words[3:] {
		delay, err := time.ParseDuration(words[2])
		if err == nil {
			_, err = forward(words[0], words[1], delay)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	fmt.Println("ready")
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}
