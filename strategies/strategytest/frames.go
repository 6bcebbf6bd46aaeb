package strategytest

import (
	"bytes"
	"crypto/tls"
	"io"
	"log"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"sweetspot/strategies"
)

// Frames is an odd or hostile way to answer requests in HTTP/2, with the class that its outcomes must have with every client of
// HTTP/2. The class follows from RFC 9113, as that of an [Answer] does from RFC 9112.
type Frames struct {
	Group, Name string
	Want        strategies.Class
	Also        []strategies.Class // it may have one of these classes too
	serve       func(p *framePeer)
}

// String returns "group: name".
func (f Frames) String() string { return f.Group + ": " + f.Name }

// AllFrames returns every odd way to answer in HTTP/2.
func AllFrames() []Frames {
	all := map[string][]Frames{
		"settings": settingsFrames, "answers": answerFrames, "headers": headerFrames, "bodies": bodyFrames,
		"ends": endFrames, "breaches": breachFrames, "floods": floodFrames,
	}
	var list []Frames
	for _, name := range []string{"settings", "answers", "headers", "bodies", "ends", "breaches", "floods"} {
		for _, f := range all[name] {
			f.Group = name
			list = append(list, f)
		}
	}
	return list
}

// Serve starts a server that answers in this way, until the end of the test, and returns its URL.
func (f Frames) Serve(t testing.TB, secure bool) (url string) {
	var conns atomic.Int64
	handle := func(conn net.Conn) {
		p := &framePeer{Conn: conn, number: conns.Add(1)}
		p.Framer = http2.NewFramer(conn, conn)
		p.AllowIllegalWrites, p.AllowIllegalReads = true, true
		p.encoder = hpack.NewEncoder(&p.block)
		preface := make([]byte, len(http2.ClientPreface))
		if _, err := io.ReadFull(conn, preface); err == nil && string(preface) == http2.ClientPreface {
			f.serve(p)
		}
	}
	if !secure {
		return serve(t, func(c *net.TCPConn) { handle(c) })
	}
	config := certificate()
	config.NextProtos = []string{"h2"}
	url = serve(t, func(c *net.TCPConn) {
		conn := tls.Server(c, config)
		defer conn.Close()
		handle(conn)
	})
	return "https" + strings.TrimPrefix(url, "http")
}

// A framePeer is a connection that [Frames] serve.
type framePeer struct {
	net.Conn
	*http2.Framer
	number  int64 // of the connection, from 1
	encoder *hpack.Encoder
	block   bytes.Buffer
}

// begin sends the settings.
func (p *framePeer) begin(settings ...http2.Setting) bool { return p.WriteSettings(settings...) == nil }

// request returns the stream of the next request, once all of it has come; 0 at the end of the connection.
func (p *framePeer) request() uint32 {
	for {
		frame, err := p.ReadFrame()
		if err != nil {
			return 0
		}
		switch frame := frame.(type) {
		case *http2.HeadersFrame:
			return frame.StreamID
		case *http2.SettingsFrame:
			if !frame.IsAck() {
				_ = p.WriteSettingsAck()
			}
		case *http2.PingFrame:
			if !frame.IsAck() {
				_ = p.WritePing(true, frame.Data)
			}
		}
	}
}

// fields encodes header fields, given as names and values in turn.
func (p *framePeer) fields(pairs ...string) []byte {
	p.block.Reset()
	for pair := range slices.Chunk(pairs, 2) {
		_ = p.encoder.WriteField(hpack.HeaderField{Name: pair[0], Value: pair[1]})
	}
	return slices.Clone(p.block.Bytes())
}

// head sends a head.
func (p *framePeer) head(stream uint32, end bool, pairs ...string) bool {
	return p.WriteHeaders(http2.HeadersFrameParam{
		StreamID: stream, BlockFragment: p.fields(pairs...), EndHeaders: true, EndStream: end,
	}) == nil
}

// answer sends a usual answer.
func (p *framePeer) answer(stream uint32) bool {
	return p.head(stream, false, ":status", "200", "content-length", "7") && p.WriteData(stream, true, []byte(object)) == nil
}

// wait returns when the client has closed the connection. It reads what comes, and answers nothing.
func (p *framePeer) wait() { _, _ = io.Copy(io.Discard, p.Conn) }

// raw sends a frame with these flags and that payload.
func (p *framePeer) raw(kind http2.FrameType, flags http2.Flags, stream uint32, payload []byte) bool {
	return p.WriteRawFrame(kind, flags, stream, payload) == nil
}

// eachStream answers every request of a connection by a function.
func eachStream(reply func(p *framePeer, stream uint32) bool) func(*framePeer) {
	return func(p *framePeer) {
		if !p.begin() {
			return
		}
		for stream := p.request(); stream != 0 && reply(p, stream); stream = p.request() {
		}
	}
}

// onceThen answers the first request of a connection by a function, and closes the connection.
func onceThen(reply func(p *framePeer, stream uint32)) func(*framePeer) {
	return func(p *framePeer) {
		if p.begin() {
			if stream := p.request(); stream != 0 {
				reply(p, stream)
			}
		}
	}
}

// forever calls send for a second, or until it fails. It reads what comes meanwhile.
func forever(p *framePeer, send func() bool) {
	go p.wait()
	for end := time.Now().Add(time.Second); time.Now().Before(end) && send(); {
		time.Sleep(50 * time.Microsecond) // so that other servers of the test have their share of the processor
	}
}

// framesHaveTheirClass makes requests for every odd way to answer in HTTP/2. Whatever a server sends takes little memory.
func framesHaveTheirClass(t *testing.T, c candidate) {
	skipIf(t, c.protocol != strategies.HTTP2, "it does not speak HTTP/2")
	log.SetOutput(io.Discard) // net/http writes what servers do wrong to the standard logger
	t.Cleanup(func() { log.SetOutput(os.Stderr) })
	const allowed = 160 << 20 // bytes: what huge answers may take, too
	for _, secure := range []bool{false, true} {
		t.Run(map[bool]string{false: "http", true: "https"}[secure], func(t *testing.T) {
			var asked []askedFrames
			grown := heapGrowth(func() { asked = askFrames(t, c, secure) })
			for _, a := range asked {
				t.Run(a.String(), func(t *testing.T) {
					want := append([]strategies.Class{a.Want}, a.Also...)
					for _, o := range a.outcomes {
						if !slices.Contains(want, o.Class) {
							t.Errorf("class %v, want %v: %v", o.Class, want, o.Err)
						}
					}
				})
			}
			if grown > allowed {
				t.Errorf("the heap grew by %d MB, want at most %d", grown>>20, allowed>>20)
			}
		})
	}
}

type askedFrames struct {
	Frames
	outcomes []strategies.Outcome
}

// askFrames makes three requests for each of the frames, two at a time, in a session for each: some of them end in their timeout.
func askFrames(t *testing.T, c candidate, secure bool) []askedFrames {
	const n, limit = 3, 2
	var (
		asked []askedFrames
		all   sync.WaitGroup
		few   = make(chan struct{}, 8) // at a time: the others' timeouts must not come first
	)
	for _, f := range AllFrames() {
		asked = append(asked, askedFrames{Frames: f})
	}
	for i := range asked {
		a := &asked[i]
		all.Go(func() {
			few <- struct{}{}
			defer func() { <-few }()
			target := strategies.Target{Insecure: true, Timeout: answerTimeout, DialTimeout: answerTimeout}
			if a.Want == strategies.Timeout {
				target.Timeout, target.DialTimeout = slowTimeout, slowTimeout
			}
			session, err := c.Open(t.Context(), target, limit)
			if err != nil {
				t.Error(err)
				return
			}
			defer session.Close()
			w := NewWork(n, a.Serve(t, secure))
			if err := session.Run(t.Context(), limit, w); err != nil {
				t.Error(err)
				return
			}
			w.Check(t)
			for index := range w.N {
				a.outcomes = append(a.outcomes, w.Outcomes[index])
			}
		})
	}
	all.Wait()
	return asked
}
