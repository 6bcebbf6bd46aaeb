package frames

import (
	"bytes"
	"context"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/quic-go/qpack"
	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"
	"github.com/quic-go/quic-go/quicvarint"
)

// HTTP3 returns every odd way to answer in HTTP/3.
func HTTP3() []Answer[*HTTP3Peer] {
	return slices.Concat(
		group("settings", settings3), group("answers", answers3), group("headers", headers3), group("bodies", bodies3),
		group("ends", ends3), group("breaches", breaches3), group("floods", floods3),
	)
}

// HTTP3Config returns the settings of a server that allows that many requests at a time: see [Answer.Streams].
func HTTP3Config(streams int64) *quic.Config {
	if streams == 0 {
		streams = 100
	}
	return &quic.Config{MaxIncomingStreams: streams, MaxIdleTimeout: 30 * time.Second}
}

// An HTTP3Peer is a connection of HTTP/3.
type HTTP3Peer struct {
	*quic.Conn
	control *quic.SendStream
	used    *atomic.Int64 // connections of the server that have carried a request
	number  int64         // of the connection among these, from 1; 0 before its first request
}

// NewHTTP3Peer returns the peer of a connection. The connections of a server share the counter used.
func NewHTTP3Peer(conn *quic.Conn, used *atomic.Int64) *HTTP3Peer {
	return &HTTP3Peer{Conn: conn, used: used}
}

// The types of streams and frames, and a setting (RFC 9114, sections 6.2, 7.2 and 11.2).
const (
	controlStream = 0
	pushStream    = 1

	dataFrame        = 0
	headersFrame     = 1
	settingsFrame    = 4
	pushPromiseFrame = 5
	pingFrame        = 6 // of HTTP/2, and forbidden
	goAwayFrame      = 7
	unknownFrame     = 0x21

	maxFieldSectionSize = 6
)

// frame returns the bytes of a frame.
func frame(kind uint64, payload []byte) []byte {
	return append(frameHead(kind, uint64(len(payload))), payload...)
}

// frameHead returns the beginning of a frame whose payload has that length.
func frameHead(kind, length uint64) []byte {
	return quicvarint.Append(quicvarint.Append(nil, kind), length)
}

// fields3 encodes header fields, given as names and values in turn.
func fields3(pairs ...string) []byte {
	var block bytes.Buffer
	encoder := qpack.NewEncoder(&block)
	for pair := range slices.Chunk(pairs, 2) {
		_ = encoder.WriteField(qpack.HeaderField{Name: pair[0], Value: pair[1]})
	}
	return block.Bytes()
}

// head returns a frame with header fields.
func head(pairs ...string) []byte { return frame(headersFrame, fields3(pairs...)) }

// data returns a frame with a part of a body.
func data(text string) []byte { return frame(dataFrame, []byte(text)) }

// usual returns a usual answer.
func usual() []byte {
	return slices.Concat(head(":status", "200", "content-length", "7"), data(object))
}

// open opens a stream of the server's, and sends bytes on it.
func (p *HTTP3Peer) open(kind uint64, all ...[]byte) bool {
	stream, err := p.OpenUniStream()
	if err != nil {
		return false
	}
	if kind == controlStream {
		p.control = stream
	}
	return send(stream, append([][]byte{quicvarint.Append(nil, kind)}, all...)...)
}

// begin sends the settings, which are numbers and values in turn.
func (p *HTTP3Peer) begin(settings ...uint64) bool {
	var payload []byte
	for _, number := range settings {
		payload = quicvarint.Append(payload, number)
	}
	return p.open(controlStream, frame(settingsFrame, payload))
}

// goAway says that the server does not process requests from a stream on.
func (p *HTTP3Peer) goAway(stream quic.StreamID) bool {
	return send(p.control, frame(goAwayFrame, quicvarint.Append(nil, uint64(stream))))
}

// request returns the stream of the next request, once all of it has come; nil at the end of the connection.
func (p *HTTP3Peer) request() *quic.Stream {
	for {
		stream, err := p.AcceptStream(context.Background())
		if err != nil {
			return nil
		}
		if p.number == 0 {
			p.number = p.used.Add(1)
		}
		if _, err := io.Copy(io.Discard, stream); err == nil {
			return stream
		}
	}
}

// wait returns when the client has closed the connection.
func (p *HTTP3Peer) wait() { <-p.Context().Done() }

// send sends bytes on a stream.
func send(stream io.Writer, all ...[]byte) bool {
	_, err := stream.Write(slices.Concat(all...))
	return err == nil
}

// answer sends bytes on the stream of a request, and ends it.
func answer(stream *quic.Stream, all ...[]byte) {
	if send(stream, all...) {
		_ = stream.Close()
	}
}

// reject resets the stream of a request, as not processed.
func reject(_ *HTTP3Peer, stream *quic.Stream) {
	stream.CancelWrite(quic.StreamErrorCode(http3.ErrCodeRequestRejected))
}

// whole answers each request with these bytes.
func whole(all ...[]byte) func(*HTTP3Peer) {
	return eachRequest(func(_ *HTTP3Peer, stream *quic.Stream) { answer(stream, all...) })
}

// part answers each request with these bytes, and does not end the stream.
func part(all ...[]byte) func(*HTTP3Peer) {
	return eachRequest(func(_ *HTTP3Peer, stream *quic.Stream) { send(stream, all...) })
}

// eachRequest answers every request of a connection by a function.
func eachRequest(reply func(p *HTTP3Peer, stream *quic.Stream)) func(*HTTP3Peer) {
	return func(p *HTTP3Peer) {
		if p.begin() {
			p.each(reply)
		}
	}
}

// each is eachRequest once the settings have been sent.
func (p *HTTP3Peer) each(reply func(p *HTTP3Peer, stream *quic.Stream)) {
	for stream := p.request(); stream != nil; stream = p.request() {
		reply(p, stream)
	}
}

// firstRequest answers the first request of a connection by a function, and closes the connection.
func firstRequest(reply func(p *HTTP3Peer, stream *quic.Stream)) func(*HTTP3Peer) {
	return func(p *HTTP3Peer) {
		if p.begin() {
			if stream := p.request(); stream != nil {
				reply(p, stream)
			}
		}
	}
}

// flood answers every request by begin, and calls more until it fails, as it does once the client has reset the stream.
func flood(begin []byte, more func(p *HTTP3Peer, stream *quic.Stream) bool) func(*HTTP3Peer) {
	return func(p *HTTP3Peer) {
		var all sync.WaitGroup
		defer all.Wait()
		eachRequest(func(p *HTTP3Peer, stream *quic.Stream) {
			all.Go(func() {
				ok := send(stream, begin)
				for end := time.Now().Add(endless); ok && time.Now().Before(end); ok = more(p, stream) {
					time.Sleep(50 * time.Microsecond) // so that other servers of the test have their share of the processor
				}
			})
		})(p)
	}
}
