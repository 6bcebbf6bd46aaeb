package frames

import (
	"bytes"
	"io"
	"net"
	"slices"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// HTTP2 returns every odd way to answer in HTTP/2.
func HTTP2() []Answer[*HTTP2Peer] {
	return slices.Concat(
		group("settings", settings2), group("answers", answers2), group("headers", headers2), group("bodies", bodies2),
		group("ends", ends2), group("breaches", breaches2), group("floods", floods2),
	)
}

// An HTTP2Peer is a connection of HTTP/2, of which a server has received the preface.
type HTTP2Peer struct {
	net.Conn
	*http2.Framer
	number  int64 // of the connection, from 1
	encoder *hpack.Encoder
	block   bytes.Buffer
}

// NewHTTP2Peer reads the client's preface from a connection, which is the server's one with that number. It returns nil if there is
// none.
func NewHTTP2Peer(conn net.Conn, number int64) *HTTP2Peer {
	preface := make([]byte, len(http2.ClientPreface))
	if _, err := io.ReadFull(conn, preface); err != nil || string(preface) != http2.ClientPreface {
		return nil
	}
	p := &HTTP2Peer{Conn: conn, Framer: http2.NewFramer(conn, conn), number: number}
	p.AllowIllegalWrites, p.AllowIllegalReads = true, true
	p.encoder = hpack.NewEncoder(&p.block)
	return p
}

// begin sends the settings.
func (p *HTTP2Peer) begin(settings ...http2.Setting) bool { return p.WriteSettings(settings...) == nil }

// request returns the stream of the next request, once all of it has come; 0 at the end of the connection.
func (p *HTTP2Peer) request() uint32 {
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
func (p *HTTP2Peer) fields(pairs ...string) []byte {
	p.block.Reset()
	for pair := range slices.Chunk(pairs, 2) {
		_ = p.encoder.WriteField(hpack.HeaderField{Name: pair[0], Value: pair[1]})
	}
	return slices.Clone(p.block.Bytes())
}

// head sends a head.
func (p *HTTP2Peer) head(stream uint32, end bool, pairs ...string) bool {
	return p.WriteHeaders(http2.HeadersFrameParam{
		StreamID: stream, BlockFragment: p.fields(pairs...), EndHeaders: true, EndStream: end,
	}) == nil
}

// answer sends a usual answer.
func (p *HTTP2Peer) answer(stream uint32) bool {
	return p.head(stream, false, ":status", "200", "content-length", "7") && p.WriteData(stream, true, []byte(object)) == nil
}

// wait returns when the client has closed the connection. It reads what comes, and answers nothing.
func (p *HTTP2Peer) wait() { _, _ = io.Copy(io.Discard, p.Conn) }

// raw sends a frame with these flags and that payload.
func (p *HTTP2Peer) raw(kind http2.FrameType, flags http2.Flags, stream uint32, payload []byte) bool {
	return p.WriteRawFrame(kind, flags, stream, payload) == nil
}

// eachStream answers every request of a connection by a function.
func eachStream(reply func(p *HTTP2Peer, stream uint32) bool) func(*HTTP2Peer) {
	return func(p *HTTP2Peer) {
		if !p.begin() {
			return
		}
		for stream := p.request(); stream != 0 && reply(p, stream); stream = p.request() {
		}
	}
}

// onceThen answers the first request of a connection by a function, and closes the connection.
func onceThen(reply func(p *HTTP2Peer, stream uint32)) func(*HTTP2Peer) {
	return func(p *HTTP2Peer) {
		if p.begin() {
			if stream := p.request(); stream != 0 {
				reply(p, stream)
			}
		}
	}
}

// forever calls send until it fails, as it does once the client has closed the connection. It reads what comes meanwhile.
func forever(p *HTTP2Peer, send func() bool) {
	go p.wait()
	for end := time.Now().Add(endless); time.Now().Before(end) && send(); {
		time.Sleep(50 * time.Microsecond) // so that other servers of the test have their share of the processor
	}
}
