package strategies_test

import (
	"errors"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"sweetspot/server"
	"sweetspot/strategies"
)

// What a bad server does to one connection is an outcome of the right class, drops that connection, and leaves memory and
// the requests to others alone.
func TestABadServerHarmsNobodyElse(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\n"
	for _, bad := range []struct {
		name   string
		answer func(c *net.TCPConn) // after which the connection is closed
		want   strategies.Class
	}{
		{"garbage", say("\x00\xff\x16\x03\x01 garbage without a line's end"), strategies.Malformed},
		{"half a header", say(ok + "Content-Le"), strategies.Truncated},
		{"a body longer than said", say(ok + "Content-Length: 2\r\n\r\nhi, and more"), strategies.OK},
		{"a body shorter than said", say(ok + "Content-Length: 20\r\n\r\nhi"), strategies.Truncated},
		{"a gigabyte of header", flood(ok+"A: ", "x"), strategies.Malformed},
		{"a gigabyte of headers", flood(ok, "A: b\r\n"), strategies.Malformed},
		{"a gigabyte of chunk size", flood(ok+"Transfer-Encoding: chunked\r\n\r\n", "0"), strategies.Malformed},
		{"interim responses without end", flood("", "HTTP/1.1 100 Continue\r\n\r\n"), strategies.Malformed},
		{"a body without end", flood(ok+"Content-Length: 9000000000000\r\n\r\n", "x"), strategies.Timeout},
		{"a byte now and then", drip(ok + "Content-Length: 5\r\n\r\nhello"), strategies.Timeout},
		{"a reset in the middle of the body", func(c *net.TCPConn) {
			say(ok + "Content-Length: 20\r\n\r\nhi")(c)
			time.Sleep(20 * time.Millisecond) // for the client to have read it
			_ = c.SetLinger(0)
		}, strategies.Reset},
		{"nothing", func(c *net.TCPConn) { _, _ = io.Copy(io.Discard, c) }, strategies.Timeout},
		{"a farewell", say(""), strategies.Reset},
	} {
		t.Run(bad.name, func(t *testing.T) {
			good, address := witness(t, server.Config{}), misbehave(t, bad.answer)
			w := newWork(40, good.URL(), good.URL(), good.URL(), address)
			before := heap()
			s, err := strategies.Get("eventloop")
			if err != nil {
				t.Fatal(err)
			}
			session := open(t, s, strategies.Target{Timeout: 300 * time.Millisecond}, 6)
			if err := session.Run(t.Context(), 6, w); err != nil {
				t.Fatal(err)
			}
			w.check(t)
			for index, o := range w.outcomes {
				want := strategies.OK
				if index%4 == 3 {
					want = bad.want
				}
				if o.Class != want {
					t.Errorf("request %d to %s: class %v, want %v: %v", index, w.urls[index%4], o.Class, want, o.Err)
				}
			}
			if stats := good.Stats(); stats.Requests != 30 || stats.Connections > 6 {
				t.Errorf("the good server saw %d requests on %d connections, want 30 on at most 6", stats.Requests, stats.Connections)
			}
			if grown := heap() - before; grown > 16<<20 {
				t.Errorf("the heap has grown by %d bytes", grown)
			}
		})
	}
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func say(text string) func(*net.TCPConn) {
	return func(c *net.TCPConn) { _, _ = c.Write([]byte(text)) }
}

// flood says start, and then the same over and over until a gigabyte is full or nobody listens any more.
func flood(start, again string) func(*net.TCPConn) {
	return func(c *net.TCPConn) {
		block := []byte(strings.Repeat(again, 64<<10/len(again)))
		_, err := c.Write([]byte(start))
		for sent := 0; err == nil && sent < 1<<30; sent += len(block) {
			_, err = c.Write(block)
		}
	}
}

// drip says text, a byte at a time.
func drip(text string) func(*net.TCPConn) {
	return func(c *net.TCPConn) {
		var err error
		for i := 0; err == nil && i < len(text); i++ {
			_, err = c.Write([]byte{text[i]})
			time.Sleep(50 * time.Millisecond)
		}
	}
}

// misbehave starts a server that reads a request and then does as it is told.
func misbehave(t *testing.T, answer func(*net.TCPConn)) (address string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err != nil {
				continue
			}
			go func() {
				defer conn.Close()
				_, _ = conn.Read(make([]byte, 4096))
				answer(conn.(*net.TCPConn))
			}()
		}
	}()
	return "http://" + listener.Addr().String() + "/"
}
