package frames

import (
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/net/http2"

	"sweetspot/strategies"
)

var settings2 = []Answer[*HTTP2Peer]{
	{Name: "one stream at a time", Want: strategies.OK, Serve: func(p *HTTP2Peer) {
		p.begin(http2.Setting{ID: http2.SettingMaxConcurrentStreams, Val: 1})
		for stream := p.request(); stream != 0 && p.answer(stream); stream = p.request() {
		}
	}},
	{Name: "no stream at all", Want: strategies.Other, Serve: func(p *HTTP2Peer) {
		p.begin(http2.Setting{ID: http2.SettingMaxConcurrentStreams, Val: 0})
		p.wait()
	}},
	{Name: "with each answer", Want: strategies.OK, Serve: eachStream(func(p *HTTP2Peer, stream uint32) bool { return p.begin() && p.answer(stream) })},
	{Name: "unknown ones", Want: strategies.OK, Serve: func(p *HTTP2Peer) {
		p.begin(http2.Setting{ID: 0xf000, Val: 1})
		for stream := p.request(); stream != 0 && p.answer(stream); stream = p.request() {
		}
	}},
	{Name: "never", Want: strategies.Timeout, Serve: (*HTTP2Peer).wait},
	{Name: "not first", Want: strategies.Malformed, Serve: func(p *HTTP2Peer) { _ = p.WritePing(false, [8]byte{}); p.begin(); p.wait() }},
	{Name: "a window that is too large", Want: strategies.Malformed, Serve: func(p *HTTP2Peer) {
		p.begin(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 1 << 31})
		p.wait()
	}},
	{Name: "of a wrong length", Want: strategies.Malformed, Serve: func(p *HTTP2Peer) { p.raw(http2.FrameSettings, 0, 0, []byte("12345")); p.wait() }},
	{Name: "on a stream", Want: strategies.Malformed, Serve: func(p *HTTP2Peer) { p.raw(http2.FrameSettings, 0, 1, nil); p.wait() }},
	{Name: "HTTP/1.1 instead", Want: strategies.Malformed, Serve: func(p *HTTP2Peer) { _, _ = io.WriteString(p.Conn, "HTTP/1.1 400 Bad Request\r\n\r\n") }},
	{Name: "garbage instead", Want: strategies.Malformed, Serve: func(p *HTTP2Peer) { _, _ = io.WriteString(p.Conn, strings.Repeat("\xde\xad", 100)) }},
	{Name: "nothing instead", Want: strategies.Reset, Serve: func(*HTTP2Peer) {}},
}

var answers2 = []Answer[*HTTP2Peer]{
	{Name: "as usual", Want: strategies.OK, Serve: eachStream((*HTTP2Peer).answer)},
	{Name: "padded", Want: strategies.OK, Serve: eachStream(func(p *HTTP2Peer, stream uint32) bool {
		return p.head(stream, false, ":status", "200") && p.WriteDataPadded(stream, true, []byte(object), make([]byte, 200)) == nil
	})},
	{Name: "in many frames", Want: strategies.OK, Serve: eachStream(func(p *HTTP2Peer, stream uint32) bool {
		for i := range object {
			if i == 0 && !p.head(stream, false, ":status", "200") || p.WriteData(stream, i == len(object)-1, []byte(object[i:i+1])) != nil {
				return false
			}
		}
		return true
	})},
	{Name: "after interim ones", Want: strategies.OK, Serve: eachStream(func(p *HTTP2Peer, stream uint32) bool {
		return p.head(stream, false, ":status", "103", "link", "</a>") && p.head(stream, false, ":status", "103") && p.answer(stream)
	})},
	{Name: "with trailers", Want: strategies.OK, Serve: eachStream(func(p *HTTP2Peer, stream uint32) bool {
		return p.head(stream, false, ":status", "200") && p.WriteData(stream, false, []byte(object)) == nil && p.head(stream, true, "x-sum", "1")
	})},
	{Name: "among frames of unknown types", Want: strategies.OK, Serve: eachStream(func(p *HTTP2Peer, stream uint32) bool {
		return p.raw(0xfa, 0xff, stream, []byte("?")) && p.WritePriority(stream, http2.PriorityParam{StreamDep: 0, Weight: 1}) == nil && p.answer(stream)
	})},
	{Name: "of status 404", Want: strategies.BadStatus, Serve: eachStream(func(p *HTTP2Peer, stream uint32) bool {
		return p.head(stream, true, ":status", "404")
	})},
	{Name: "never", Want: strategies.Timeout, Serve: eachStream(func(*HTTP2Peer, uint32) bool { return true })},
	{Name: "a body that never ends", Want: strategies.Timeout, Serve: eachStream(func(p *HTTP2Peer, stream uint32) bool {
		return p.head(stream, false, ":status", "200") && p.WriteData(stream, false, []byte("{")) == nil
	})},
}

// oddHead answers with these header fields and no body.
func oddHead(pairs ...string) func(*HTTP2Peer) {
	return eachStream(func(p *HTTP2Peer, stream uint32) bool { return p.head(stream, true, pairs...) })
}

var headers2 = []Answer[*HTTP2Peer]{
	{Name: "no status", Want: strategies.Malformed, Serve: oddHead("x-a", "1")},
	{Name: "a status that is no number", Want: strategies.Malformed, Serve: oddHead(":status", "many")},
	{Name: "a name in upper case", Want: strategies.Malformed, Serve: oddHead(":status", "200", "X-Upper", "1")},
	{Name: "a status behind a field", Want: strategies.Malformed, Serve: oddHead("x-a", "1", ":status", "200")},
	{Name: "a pseudo-header of requests", Want: strategies.Malformed, Serve: oddHead(":status", "200", ":path", "/")},
	{Name: "a line end in a value", Want: strategies.Malformed, Serve: oddHead(":status", "200", "x-a", "1\r\nx-b: 2")},
	{Name: "broken compression", Want: strategies.Malformed, Serve: eachStream(func(p *HTTP2Peer, stream uint32) bool {
		return p.raw(http2.FrameHeaders, http2.FlagHeadersEndHeaders|http2.FlagHeadersEndStream, stream, []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	})},
	{Name: "in continuations", Want: strategies.OK, Serve: eachStream(func(p *HTTP2Peer, stream uint32) bool {
		block := p.fields(":status", "200", "x-a", "a value")
		ok := p.raw(http2.FrameHeaders, http2.FlagHeadersEndStream, stream, block[:1])
		for i := 1; ok && i < len(block); i++ {
			ok = p.WriteContinuation(stream, i == len(block)-1, block[i:i+1]) == nil
		}
		return ok
	})},
	{Name: "over the limit", Want: strategies.Malformed, Serve: eachStream(func(p *HTTP2Peer, stream uint32) bool {
		block := p.fields(":status", "200", "x-a", strings.Repeat("\x7f", 2<<20))
		ok := p.raw(http2.FrameHeaders, http2.FlagHeadersEndStream, stream, block[:100])
		for block = block[100:]; ok && len(block) > 0; block = block[min(len(block), 16<<10):] {
			ok = p.WriteContinuation(stream, len(block) <= 16<<10, block[:min(len(block), 16<<10)]) == nil
		}
		return ok
	})},
	{Name: "small ones that expand to over the limit", Want: strategies.Malformed, Serve: eachStream(func(p *HTTP2Peer, stream uint32) bool {
		pairs := []string{":status", "200"}
		for range 4000 {
			pairs = append(pairs, "x-a", strings.Repeat("a", 3000)) // from the second on, an index of one byte
		}
		return p.head(stream, true, pairs...)
	})},
}

var bodies2 = []Answer[*HTTP2Peer]{
	{Name: "shorter than its length", Want: strategies.Truncated, Serve: eachStream(func(p *HTTP2Peer, stream uint32) bool {
		return p.head(stream, false, ":status", "200", "content-length", "100") && p.WriteData(stream, true, []byte(object)) == nil
	})},
	{Name: "longer than its length", Want: strategies.Malformed, Serve: eachStream(func(p *HTTP2Peer, stream uint32) bool {
		return p.head(stream, false, ":status", "200", "content-length", "3") && p.WriteData(stream, true, []byte(object)) == nil
	})},
	{Name: "before the head", Want: strategies.Malformed, Serve: eachStream(func(p *HTTP2Peer, stream uint32) bool {
		return p.WriteData(stream, true, []byte(object)) == nil
	})},
	{Name: "with more padding than data", Want: strategies.Malformed, Serve: onceThen(func(p *HTTP2Peer, stream uint32) {
		p.head(stream, false, ":status", "200")
		p.raw(http2.FrameData, http2.FlagDataPadded, stream, []byte{200, 1})
		p.wait()
	})},
}

// refuse resets the first requests of each connection with a lower number than n, and answers the others.
func refuse(n int64) func(*HTTP2Peer) {
	return func(p *HTTP2Peer) {
		p.begin(http2.Setting{ID: http2.SettingMaxConcurrentStreams, Val: 100})
		for i := int64(0); ; i++ {
			stream := p.request()
			if stream == 0 {
				return
			}
			if p.number+i <= n {
				_ = p.WriteRSTStream(stream, http2.ErrCodeRefusedStream)
			} else if !p.answer(stream) {
				return
			}
		}
	}
}

// resets answers each request by a reset with that code.
func resets(code http2.ErrCode) func(*HTTP2Peer) {
	return eachStream(func(p *HTTP2Peer, stream uint32) bool { return p.WriteRSTStream(stream, code) == nil })
}

var ends2 = []Answer[*HTTP2Peer]{
	{Name: "a reset for an error", Want: strategies.Reset, Serve: resets(http2.ErrCodeInternal)},
	{Name: "a reset by its cancellation", Want: strategies.Reset, Serve: resets(http2.ErrCodeCancel)},
	{Name: "a reset for a protocol error", Want: strategies.Reset, Serve: resets(http2.ErrCodeProtocol)},
	{Name: "a refusal, then an answer", Want: strategies.OK, Serve: refuse(2)},
	{Name: "refusals only", Want: strategies.Reset, Serve: refuse(1 << 40)},
	{Name: "a reset within the body", Want: strategies.Reset, Serve: eachStream(func(p *HTTP2Peer, stream uint32) bool {
		return p.head(stream, false, ":status", "200", "content-length", "100") && p.WriteData(stream, false, []byte(object)) == nil &&
			p.WriteRSTStream(stream, http2.ErrCodeInternal) == nil
	})},
	{Name: "a reset after the answer", Want: strategies.OK, Serve: eachStream(func(p *HTTP2Peer, stream uint32) bool {
		return p.answer(stream) && p.WriteRSTStream(stream, http2.ErrCodeNo) == nil
	})},
	{Name: "a GOAWAY below the request, then another connection", Want: strategies.OK, Serve: func(p *HTTP2Peer) {
		if p.number > 1 {
			eachStream((*HTTP2Peer).answer)(p)
			return
		}
		onceThen(func(p *HTTP2Peer, _ uint32) { _ = p.WriteGoAway(0, http2.ErrCodeNo, nil); p.wait() })(p)
	}},
	{Name: "a GOAWAY below the request each time", Want: strategies.Reset, Serve: onceThen(func(p *HTTP2Peer, _ uint32) {
		_ = p.WriteGoAway(0, http2.ErrCodeNo, nil)
		p.wait()
	})},
	{Name: "a GOAWAY before the answer", Want: strategies.OK, Serve: onceThen(func(p *HTTP2Peer, stream uint32) {
		_ = p.WriteGoAway(stream, http2.ErrCodeNo, nil)
		p.answer(stream)
		p.wait()
	})},
	{Name: "a GOAWAY for an error", Want: strategies.Reset, Serve: onceThen(func(p *HTTP2Peer, stream uint32) {
		_ = p.WriteGoAway(stream, http2.ErrCodeEnhanceYourCalm, []byte("too_many"))
	})},
	{Name: "without an answer", Want: strategies.Reset, Serve: onceThen(func(*HTTP2Peer, uint32) {})},
	{Name: "within the body", Want: strategies.Truncated, Also: []strategies.Class{strategies.Reset}, Serve: onceThen(func(p *HTTP2Peer, stream uint32) {
		p.head(stream, false, ":status", "200", "content-length", "100")
		_ = p.WriteData(stream, false, []byte(object))
	})},
	{Name: "after the answer", Want: strategies.OK, Also: []strategies.Class{strategies.Reset, strategies.Truncated}, Serve: onceThen(func(p *HTTP2Peer, stream uint32) { p.answer(stream); time.Sleep(5 * time.Millisecond) })},
}

// breach answers the first request by a frame that breaks the rules.
func breach(kind http2.FrameType, flags http2.Flags, stream uint32, payload string) func(*HTTP2Peer) {
	return onceThen(func(p *HTTP2Peer, _ uint32) { p.raw(kind, flags, stream, []byte(payload)); p.wait() })
}

var breaches2 = []Answer[*HTTP2Peer]{
	{Name: "data on the connection", Want: strategies.Malformed, Serve: breach(http2.FrameData, 0, 0, object)},
	{Name: "headers on the connection", Want: strategies.Malformed, Serve: breach(http2.FrameHeaders, 4, 0, "\x88")},
	{Name: "a frame larger than allowed", Want: strategies.Malformed, Serve: onceThen(func(p *HTTP2Peer, _ uint32) {
		_, _ = p.Conn.Write([]byte{0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 1})
		forever(p, func() bool { _, err := p.Conn.Write(make([]byte, 1<<10)); return err == nil })
	})},
	{Name: "a push", Want: strategies.Malformed, Serve: breach(http2.FramePushPromise, 4, 1, "\x00\x00\x00\x02\x82")},
	{Name: "a window of more than the maximum", Want: strategies.Malformed, Serve: breach(http2.FrameWindowUpdate, 0, 0, "\x7f\xff\xff\xff")},
	{Name: "a window of nothing", Want: strategies.Malformed, Serve: breach(http2.FrameWindowUpdate, 0, 0, "\x00\x00\x00\x00")},
	{Name: "a ping of a wrong length", Want: strategies.Malformed, Serve: breach(http2.FramePing, 0, 0, "123")},
	{Name: "a continuation of nothing", Want: strategies.Malformed, Serve: breach(http2.FrameContinuation, 4, 1, "\x88")},
	{Name: "headers interrupted by data", Want: strategies.Malformed, Serve: onceThen(func(p *HTTP2Peer, stream uint32) {
		p.raw(http2.FrameHeaders, 0, stream, []byte{0x88})
		_ = p.WriteData(stream, true, []byte(object))
		p.wait()
	})},
}

var floods2 = []Answer[*HTTP2Peer]{
	{Name: "settings", Want: strategies.Timeout, Also: []strategies.Class{strategies.Reset, strategies.Malformed}, Serve: onceThen(func(p *HTTP2Peer, _ uint32) { forever(p, func() bool { return p.begin() }) })},
	{Name: "pings", Want: strategies.Timeout, Also: []strategies.Class{strategies.Reset, strategies.Malformed}, Serve: onceThen(func(p *HTTP2Peer, _ uint32) {
		forever(p, func() bool { return p.WritePing(false, [8]byte{1}) == nil })
	})},
	{Name: "settings that nobody acknowledges in time", Want: strategies.Timeout, Also: []strategies.Class{strategies.Reset, strategies.Malformed}, Serve: onceThen(func(p *HTTP2Peer, _ uint32) {
		for end := time.Now().Add(endless); time.Now().Before(end) && p.begin(); { // what the client sends is not read
		}
	})},
	{Name: "continuations", Want: strategies.Malformed, Serve: onceThen(func(p *HTTP2Peer, stream uint32) {
		p.raw(http2.FrameHeaders, 0, stream, p.fields(":status", "200"))
		forever(p, func() bool {
			return p.WriteContinuation(stream, false, p.fields("x-a", strings.Repeat("a", 8000))) == nil
		})
	})},
	{Name: "empty continuations", Want: strategies.Timeout, Also: []strategies.Class{strategies.Malformed}, Serve: onceThen(func(p *HTTP2Peer, stream uint32) {
		p.raw(http2.FrameHeaders, 0, stream, p.fields(":status", "200"))
		forever(p, func() bool { return p.WriteContinuation(stream, false, nil) == nil })
	})},
	{Name: "interim answers", Want: strategies.Malformed, Also: []strategies.Class{strategies.Reset, strategies.Truncated}, Serve: onceThen(func(p *HTTP2Peer, stream uint32) {
		go p.wait()
		for i := 0; i < 1000 && p.head(stream, false, ":status", "103", "link", fmt.Sprintf("<%01000d>", i)); i++ { // a megabyte
		}
	})},
	{Name: "empty data", Want: strategies.Timeout, Also: []strategies.Class{strategies.Malformed}, Serve: onceThen(func(p *HTTP2Peer, stream uint32) {
		p.head(stream, false, ":status", "200")
		forever(p, func() bool { return p.WriteData(stream, false, nil) == nil })
	})},
	{Name: "frames of unknown types", Want: strategies.Timeout, Also: []strategies.Class{strategies.Reset, strategies.Malformed}, Serve: onceThen(func(p *HTTP2Peer, stream uint32) {
		forever(p, func() bool { return p.raw(0xfa, 0, stream, make([]byte, 1000)) })
	})},
}
