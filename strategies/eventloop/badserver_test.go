package eventloop_test

import (
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"sweetspot/server"
	"sweetspot/strategies"
	"sweetspot/strategies/strategytest"
)

// What a bad server does to one connection gives an outcome of the right class and costs that connection. It costs no more
// memory, and does not affect requests to other servers.
func TestBadServerAffectsOnlyItsOwnRequests(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\n"
	for _, bad := range []struct {
		name   string
		answer func(c *net.TCPConn) // then the connection is closed
		want   strategies.Class
	}{
		{"garbage", strategytest.Reply("\x00\xff\x16\x03\x01 garbage without a line's end"), strategies.Malformed},
		{"half a header", strategytest.Reply(ok + "Content-Le"), strategies.Truncated},
		{"a body longer than its Content-Length", strategytest.Reply(ok + "Content-Length: 2\r\n\r\nhi, and more"), strategies.OK},
		{"a body shorter than its Content-Length", strategytest.Reply(ok + "Content-Length: 20\r\n\r\nhi"), strategies.Truncated},
		{"a gigabyte of header", flood(ok+"A: ", "x"), strategies.Malformed},
		{"a gigabyte of headers", flood(ok, "A: b\r\n"), strategies.Malformed},
		{"a gigabyte of chunk size", flood(ok+"Transfer-Encoding: chunked\r\n\r\n", "0"), strategies.Malformed},
		{"interim responses without end", flood("", "HTTP/1.1 100 Continue\r\n\r\n"), strategies.Malformed},
		{"a body without end", flood(ok+"Content-Length: 9000000000000\r\n\r\n", "x"), strategies.Timeout},
		{"a byte every 50 ms", drip(ok + "Content-Length: 5\r\n\r\nhello"), strategies.Timeout},
		{"a reset in the middle of the body", func(c *net.TCPConn) {
			strategytest.Reply(ok + "Content-Length: 20\r\n\r\nhi")(c)
			time.Sleep(20 * time.Millisecond) // for the client to have read it
			_ = c.SetLinger(0)
		}, strategies.Reset},
		{"no response at all", func(c *net.TCPConn) { _, _ = io.Copy(io.Discard, c) }, strategies.Timeout},
		{"a close without a response", strategytest.Reply(""), strategies.Reset},
	} {
		t.Run(bad.name, func(t *testing.T) {
			good, address := strategytest.Server(t, server.Config{}), strategytest.RawServer(t, bad.answer)
			w := strategytest.NewWork(40, good.URL(), good.URL(), good.URL(), address)
			before := heap()
			session := strategytest.Open(t, eventLoop(t), strategies.Target{Timeout: 300 * time.Millisecond}, 6)
			if err := session.Run(t.Context(), 6, w); err != nil {
				t.Fatal(err)
			}
			w.Check(t)
			for index, o := range w.Outcomes {
				want := strategies.OK
				if index%4 == 3 {
					want = bad.want
				}
				if o.Class != want {
					t.Errorf("request %d to %s: class %v, want %v: %v", index, w.URLs[index%4], o.Class, want, o.Err)
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

// flood writes start, and then repeated until it has written a gigabyte or the client has closed the connection.
func flood(start, repeated string) func(*net.TCPConn) {
	return func(c *net.TCPConn) {
		block := []byte(strings.Repeat(repeated, 64<<10/len(repeated)))
		_, err := c.Write([]byte(start))
		for sent := 0; err == nil && sent < 1<<30; sent += len(block) {
			_, err = c.Write(block)
		}
	}
}

// drip writes text, a byte at a time.
func drip(text string) func(*net.TCPConn) {
	return func(c *net.TCPConn) {
		var err error
		for i := 0; err == nil && i < len(text); i++ {
			_, err = c.Write([]byte{text[i]})
			time.Sleep(50 * time.Millisecond)
		}
	}
}
