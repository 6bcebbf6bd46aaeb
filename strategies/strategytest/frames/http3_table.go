package frames

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"

	"sweetspot/strategies"
)

// oddControl begins the control stream with these bytes, and answers nothing.
func oddControl(all ...[]byte) func(*HTTP3Peer) {
	return func(p *HTTP3Peer) { p.open(controlStream, all...); p.wait() }
}

var settings3 = []Answer[*HTTP3Peer]{
	{Name: "one stream at a time", Want: strategies.OK, Streams: 1, Serve: whole(usual())},
	{Name: "no stream at all", Want: strategies.Other, Streams: -1, Serve: func(p *HTTP3Peer) { p.begin(); p.wait() }},
	{Name: "unknown ones", Want: strategies.OK, Serve: func(p *HTTP3Peer) {
		p.begin(0x4040, 1)
		p.each(func(_ *HTTP3Peer, stream *quic.Stream) { answer(stream, usual()) })
	}},
	{Name: "after the answers", Want: strategies.OK, Serve: func(p *HTTP3Peer) { // no client waits for them
		p.each(func(p *HTTP3Peer, stream *quic.Stream) {
			if answer(stream, usual()); p.control == nil {
				p.begin()
			}
		})
	}},
	{Name: "not first", Want: strategies.Malformed, Serve: oddControl(frame(goAwayFrame, []byte{0}))},
	{Name: "the same one twice", Want: strategies.Malformed, Serve: func(p *HTTP3Peer) {
		p.begin(maxFieldSectionSize, 1000, maxFieldSectionSize, 2000)
		p.wait()
	}},
	{Name: "of a wrong length", Want: strategies.Malformed, Serve: oddControl(frame(settingsFrame, []byte{maxFieldSectionSize}))},
	{Name: "on a stream", Want: strategies.Malformed, Serve: part(frame(settingsFrame, nil))},
	{Name: "a second time", Want: strategies.Malformed, Serve: oddControl(frame(settingsFrame, nil), frame(settingsFrame, nil))},
	{Name: "of 2^60 bytes", Want: strategies.Malformed, Serve: oddControl(frameHead(settingsFrame, 1<<60), make([]byte, 1000))},
}

var answers3 = []Answer[*HTTP3Peer]{
	{Name: "as usual", Want: strategies.OK, Serve: whole(usual())},
	{Name: "in many frames", Want: strategies.OK, Serve: eachRequest(func(_ *HTTP3Peer, stream *quic.Stream) {
		send(stream, head(":status", "200"))
		for i := range object {
			send(stream, data(object[i:i+1]))
		}
		answer(stream)
	})},
	{Name: "after interim ones", Want: strategies.OK, Serve: whole(head(":status", "103", "link", "</a>"), head(":status", "103"), usual())},
	{Name: "with trailers", Want: strategies.OK, Serve: whole(head(":status", "200"), data(object), head("x-sum", "1"))},
	{Name: "among frames of unknown types", Want: strategies.OK, Serve: whole(frame(unknownFrame, []byte("?")), usual(), frame(unknownFrame, nil))},
	{Name: "of status 404", Want: strategies.BadStatus, Serve: whole(head(":status", "404"))},
	{Name: "never", Want: strategies.Timeout, Serve: part()},
	{Name: "a body that never ends", Want: strategies.Timeout, Serve: part(head(":status", "200"), data("{"))},
}

var headers3 = []Answer[*HTTP3Peer]{
	{Name: "no status", Want: strategies.Malformed, Serve: whole(head("x-a", "1"))},
	{Name: "a status that is no number", Want: strategies.Malformed, Serve: whole(head(":status", "many"))},
	{Name: "a name in upper case", Want: strategies.Malformed, Serve: whole(head(":status", "200", "X-Upper", "1"))},
	{Name: "a status behind a field", Want: strategies.Malformed, Serve: whole(head("x-a", "1", ":status", "200"))},
	{Name: "a pseudo-header of requests", Want: strategies.Malformed, Serve: whole(head(":status", "200", ":path", "/"))},
	{Name: "a line end in a value", Want: strategies.Malformed, Serve: whole(head(":status", "200", "x-a", "1\r\nx-b: 2"))},
	{Name: "two lengths", Want: strategies.Malformed, Serve: whole(head(":status", "200", "content-length", "7", "content-length", "8"), data(object))},
	{Name: "broken compression", Want: strategies.Malformed, Serve: whole(frame(headersFrame, bytes.Repeat([]byte{0xff}, 20)))},
	{Name: "of a table that the client has not", Want: strategies.Malformed, Serve: whole(frame(headersFrame, []byte{2, 0, 0x80}))},
	{Name: "over the limit", Want: strategies.Malformed, Serve: whole(head(":status", "200", "x-a", strings.Repeat("\x7f", 2<<20)))},
	{Name: "small ones that expand to over the limit", Want: strategies.Malformed, Serve: whole(head(append([]string{":status", "200"}, slices.Repeat([]string{"server", ""}, 20_000)...)...))},
	{Name: "of 2^60 bytes", Want: strategies.Malformed, Serve: part(frameHead(headersFrame, 1<<60))},
	{Name: "that break off", Want: strategies.Truncated, Serve: whole(frameHead(headersFrame, 100), fields3(":status", "200"))},
	{Name: "in trailers over the limit", Want: strategies.Malformed, Serve: whole(head(":status", "200"), data(object), head("x-a", strings.Repeat("\x7f", 2<<20)))},
}

var bodies3 = []Answer[*HTTP3Peer]{
	{Name: "shorter than its length", Want: strategies.Truncated, Serve: whole(head(":status", "200", "content-length", "100"), data(object))},
	{Name: "longer than its length", Want: strategies.Malformed, Serve: whole(head(":status", "200", "content-length", "3"), data(object))},
	{Name: "before the head", Want: strategies.Malformed, Serve: whole(data(object))},
	{Name: "that breaks off in a frame", Want: strategies.Truncated, Serve: whole(head(":status", "200", "content-length", "100"), frameHead(dataFrame, 100), []byte(object))},
	{Name: "behind trailers", Want: strategies.Malformed, Serve: whole(head(":status", "200"), data(object), head("x-sum", "1"), data(object))},
}

// resets3 answers each request by a reset with that code.
func resets3(code http3.ErrCode) func(*HTTP3Peer) {
	return eachRequest(func(_ *HTTP3Peer, stream *quic.Stream) { stream.CancelWrite(quic.StreamErrorCode(code)) })
}

// rejects resets the first requests of each connection with a lower number than n as not processed, and answers the others.
func rejects(n int64) func(*HTTP3Peer) {
	return eachRequest(func(p *HTTP3Peer, stream *quic.Stream) {
		if p.number+int64(stream.StreamID())/4 <= n {
			reject(p, stream)
		} else {
			answer(stream, usual())
		}
	})
}

// closes answers the first request by these bytes, and closes the connection with a code.
func closes(code http3.ErrCode, all ...[]byte) func(*HTTP3Peer) {
	return firstRequest(func(p *HTTP3Peer, stream *quic.Stream) {
		send(stream, all...)
		time.Sleep(20 * time.Millisecond) // a close discards what has not been sent
		_ = p.CloseWithError(quic.ApplicationErrorCode(code), "too_many")
	})
}

var ends3 = []Answer[*HTTP3Peer]{
	{Name: "a reset for an error", Want: strategies.Reset, Serve: resets3(http3.ErrCodeInternalError)},
	{Name: "a reset by its cancellation", Want: strategies.Reset, Serve: resets3(http3.ErrCodeRequestCanceled)},
	{Name: "a reset for a protocol error", Want: strategies.Reset, Serve: resets3(http3.ErrCodeGeneralProtocolError)},
	{Name: "a refusal, then an answer", Want: strategies.OK, Serve: rejects(2)},
	{Name: "refusals only", Want: strategies.Reset, Serve: rejects(1 << 40)},
	{Name: "a reset within the body", Want: strategies.Reset, Serve: eachRequest(func(_ *HTTP3Peer, stream *quic.Stream) {
		send(stream, head(":status", "200", "content-length", "100"), data(object))
		stream.CancelWrite(quic.StreamErrorCode(http3.ErrCodeInternalError))
	})},
	{Name: "a reset after the answer", Want: strategies.OK, Serve: eachRequest(func(_ *HTTP3Peer, stream *quic.Stream) {
		answer(stream, usual())
		stream.CancelRead(quic.StreamErrorCode(http3.ErrCodeNoError))
	})},
	{Name: "a GOAWAY below the request, then another connection", Want: strategies.OK, Serve: eachRequest(func(p *HTTP3Peer, stream *quic.Stream) {
		if p.number > 1 {
			answer(stream, usual())
			return
		}
		p.goAway(0)
		reject(p, stream)
	})},
	{Name: "a GOAWAY below the request each time", Want: strategies.Reset, Serve: eachRequest(func(p *HTTP3Peer, stream *quic.Stream) {
		p.goAway(0)
		reject(p, stream)
	})},
	{Name: "a GOAWAY before the answer", Want: strategies.OK, Serve: firstRequest(func(p *HTTP3Peer, stream *quic.Stream) {
		p.goAway(stream.StreamID() + 4)
		answer(stream, usual())
		p.each(reject)
	})},
	{Name: "a GOAWAY that goes up", Want: strategies.Malformed, Serve: firstRequest(func(p *HTTP3Peer, stream *quic.Stream) {
		p.goAway(stream.StreamID() + 4)
		p.goAway(stream.StreamID() + 8)
		p.wait()
	})},
	{Name: "a close for an error", Want: strategies.Reset, Serve: closes(http3.ErrCodeExcessiveLoad)},
	{Name: "without an answer", Want: strategies.Reset, Serve: closes(http3.ErrCodeNoError)},
	{Name: "of the stream without an answer", Want: strategies.Reset, Serve: whole()},
	{Name: "within the body", Want: strategies.Truncated, Also: []strategies.Class{strategies.Reset}, Serve: closes(http3.ErrCodeNoError, head(":status", "200", "content-length", "100"), data(object))},
	{Name: "after the answer", Want: strategies.OK, Also: []strategies.Class{strategies.Reset, strategies.Truncated}, Serve: firstRequest(func(_ *HTTP3Peer, stream *quic.Stream) {
		answer(stream, usual())
		time.Sleep(20 * time.Millisecond) // a close discards what has not been sent
	})},
}

// breach3 answers the first request by bytes on the control stream, and nothing else.
func breach3(all ...[]byte) func(*HTTP3Peer) {
	return firstRequest(func(p *HTTP3Peer, _ *quic.Stream) { send(p.control, all...); p.wait() })
}

var breaches3 = []Answer[*HTTP3Peer]{
	{Name: "data on the connection", Want: strategies.Malformed, Serve: breach3(data(object))},
	{Name: "headers on the connection", Want: strategies.Malformed, Serve: breach3(head(":status", "200"))},
	{Name: "a push", Want: strategies.Malformed, Serve: firstRequest(func(p *HTTP3Peer, _ *quic.Stream) { p.open(pushStream, []byte{0}); p.wait() })},
	{Name: "a frame of HTTP/2 on the connection", Want: strategies.Malformed, Serve: breach3(frame(pingFrame, make([]byte, 8)))},
	{Name: "a frame of HTTP/2 instead of an answer", Want: strategies.Malformed, Serve: part(frame(pingFrame, make([]byte, 8)))},
	{Name: "a GOAWAY of a wrong length", Want: strategies.Malformed, Serve: breach3(frame(goAwayFrame, []byte{0, 0, 0}))},
	{Name: "a GOAWAY for a stream of another kind", Want: strategies.Malformed, Serve: breach3(frame(goAwayFrame, []byte{3}))},
	{Name: "an end of the control stream", Want: strategies.Malformed, Serve: firstRequest(func(p *HTTP3Peer, _ *quic.Stream) { _ = p.control.Close(); p.wait() })},
	{Name: "two control streams", Want: strategies.Malformed, Serve: firstRequest(func(p *HTTP3Peer, _ *quic.Stream) { p.begin(); p.wait() })},
	{Name: "requests by the server", Want: strategies.OK, Serve: firstRequest(func(p *HTTP3Peer, stream *quic.Stream) {
		if _, err := p.OpenStream(); err != nil { // the client must not allow them
			answer(stream, usual())
		}
		p.each(func(p *HTTP3Peer, stream *quic.Stream) { answer(stream, usual()) })
	})},
}

// mayEnd are the classes of what may be endured until the request's time is over, or be refused.
var mayEnd = []strategies.Class{strategies.Reset, strategies.Malformed}

var floods3 = []Answer[*HTTP3Peer]{
	{Name: "interim answers", Want: strategies.Malformed, Also: []strategies.Class{strategies.Reset, strategies.Truncated}, Serve: flood(nil, func(_ *HTTP3Peer, stream *quic.Stream) bool {
		return send(stream, head(":status", "103", "link", fmt.Sprintf("<%01000d>", time.Now().UnixNano())))
	})},
	{Name: "empty data", Want: strategies.Timeout, Also: []strategies.Class{strategies.Malformed}, Serve: flood(head(":status", "200"), func(_ *HTTP3Peer, stream *quic.Stream) bool {
		return send(stream, bytes.Repeat(data(""), 100))
	})},
	{Name: "frames of unknown types", Want: strategies.Timeout, Also: mayEnd, Serve: flood(nil, func(_ *HTTP3Peer, stream *quic.Stream) bool {
		return send(stream, frame(unknownFrame, make([]byte, 1000)))
	})},
	{Name: "a frame of an unknown type without end", Want: strategies.Timeout, Also: mayEnd, Serve: flood(frameHead(unknownFrame, 1<<60), func(_ *HTTP3Peer, stream *quic.Stream) bool {
		return send(stream, make([]byte, 10_000))
	})},
	{Name: "frames of unknown types on the connection", Want: strategies.Timeout, Also: mayEnd, Serve: flood(nil, func(p *HTTP3Peer, _ *quic.Stream) bool {
		return send(p.control, frame(unknownFrame, make([]byte, 1000)))
	})},
	{Name: "promises of pushes", Want: strategies.Timeout, Also: mayEnd, Serve: flood(nil, func(_ *HTTP3Peer, stream *quic.Stream) bool {
		return send(stream, frame(pushPromiseFrame, make([]byte, 1000)))
	})},
	{Name: "streams of unknown types", Want: strategies.Timeout, Also: mayEnd, Serve: flood(nil, func(p *HTTP3Peer, _ *quic.Stream) bool {
		p.open(unknownFrame, make([]byte, 1000)) // fails while the client allows no more
		return p.Context().Err() == nil
	})},
	{Name: "GOAWAYs", Want: strategies.Timeout, Also: mayEnd, Serve: flood(nil, func(p *HTTP3Peer, _ *quic.Stream) bool { return p.goAway(1 << 20) })},
	{Name: "instructions for the compression", Want: strategies.Timeout, Also: mayEnd, Serve: firstRequest(func(p *HTTP3Peer, _ *quic.Stream) {
		const encoderStream = 2 // RFC 9204, section 4.2
		if stream, err := p.OpenUniStream(); err == nil {
			_, _ = io.CopyN(stream, zeros{encoderStream}, 64<<20)
		}
		p.wait()
	})},
}

// zeros reads as a byte, again and again.
type zeros struct{ byte }

func (z zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = z.byte
	}
	return len(p), nil
}
