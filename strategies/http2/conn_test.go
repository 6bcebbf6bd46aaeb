package http2_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	wire "golang.org/x/net/http2"

	"sweetspot/strategies/http2"
)

// scripts are what a server may do with the two streams of a client, 1 and 3, and what must become of them.
var scripts = []struct {
	name string
	send func(s *script)
	ends bool // the connection ends after it
	want []string
}{
	{"answers in any order", func(s *script) { s.answer(3, "three").answer(1, "one") }, false,
		[]string{`1: 200 "three"`, `0: 200 "one"`}},
	{"bodies in turn", func(s *script) {
		s.head(1, false, ":status", "200").head(3, false, ":status", "404").data(1, false, "o").data(3, false, "").data(1, false, "ne").
			data(3, true, "three").data(1, true, "")
	}, false, []string{`1: 404 ""`, `0: 200 "one"`}},
	{"no body", func(s *script) {
		s.head(1, true, ":status", "204").head(3, true, ":status", "200", "content-length", "0")
	}, false,
		[]string{`0: 204 ""`, `1: 200 ""`}},
	{"cookies, interim answers and a trailer", func(s *script) {
		s.head(1, false, ":status", "103", "link", "x", "set-cookie", "ignored=1").head(1, false, ":status", "100").
			head(1, false, ":status", "200", "set-cookie", "a=1", "set-cookie", "b=2").data(1, false, "one").head(1, true, "grpc-status", "0")
	}, false, []string{`0: 200 "one" a=1|b=2`}},
	{"header fields in pieces, with padding", func(s *script) {
		block := slices.Clone(s.block(":status", "200", "x-long", strings.Repeat("long", 9000)))
		_ = s.WriteHeaders(wire.HeadersFrameParam{StreamID: 1, BlockFragment: block[:1], PadLength: 9})
		_ = s.WriteContinuation(1, false, block[1:10_000])
		_ = s.WriteContinuation(1, false, nil)
		_ = s.WriteContinuation(1, true, block[10_000:])
		_ = s.WriteDataPadded(1, true, []byte("one"), make([]byte, 100))
	}, false, []string{`0: 200 "one"`}},
	{"SETTINGS, PING, PRIORITY and what nobody knows", func(s *script) {
		_ = s.WriteSettings(wire.Setting{ID: wire.SettingMaxConcurrentStreams, Val: 1}, wire.Setting{ID: 99, Val: 1})
		_ = s.WritePing(false, [8]byte{1})
		_ = s.WritePriority(1, wire.PriorityParam{StreamDep: 3})
		s.raw(0xaa, 0, 77, "whatever").answer(1, "one")
	}, false, []string{`0: 200 "one"`}},
	{"a refused stream", func(s *script) { _ = s.WriteRSTStream(3, wire.ErrCodeRefusedStream); s.answer(1, "one") }, false,
		[]string{"1: refused", `0: 200 "one"`}},
	{"a reset stream", func(s *script) {
		s.head(1, false, ":status", "200")
		_ = s.WriteRSTStream(1, wire.ErrCodeInternal)
		s.data(1, true, "late").answer(3, "three")
	}, false, []string{"0: the server reset the stream: INTERNAL_ERROR", `1: 200 "three"`}},
	{"GOAWAY in an orderly way", func(s *script) { _ = s.WriteGoAway(1, wire.ErrCodeNo, nil); s.answer(1, "one") }, true,
		[]string{"1: refused", `0: 200 "one"`}},
	{"GOAWAY with an error", func(s *script) { _ = s.WriteGoAway(3, wire.ErrCodeEnhanceYourCalm, []byte("too many")) }, true,
		[]string{`0: the server ended the connection: ENHANCE_YOUR_CALM: "too many"`,
			`1: the server ended the connection: ENHANCE_YOUR_CALM: "too many"`}},
	{"the end within an answer", func(s *script) { s.head(3, false, ":status", "200") }, true,
		[]string{"0: the server closed the connection without a response: EOF", "1: the connection ended within the response: unexpected EOF"}},
	{"an answer shorter than its length", func(s *script) { s.head(1, false, ":status", "200", "content-length", "5").data(1, true, "one") }, false,
		[]string{"0: the response ended after 3 of 5 bytes: unexpected EOF"}},
	{"an answer to nothing but its length", func(s *script) { s.head(1, true, ":status", "304", "content-length", "5") }, false,
		[]string{`0: 304 ""`}},
	{"a body for which memory is wanted", func(s *script) {
		part := strings.Repeat("x", 16<<10)
		s.head(1, false, ":status", "200")
		for range 4 {
			s.data(1, false, part)
		}
		s.data(1, true, "y")
	}, false, []string{"0: wants 131072", "0: wants 262144", fmt.Sprintf(`0: 200 "%s"`, strings.Repeat("x", 40))}},
}

func TestEventsAreTheSameHoweverTheBytesAreCut(t *testing.T) {
	for _, c := range scripts {
		t.Run(c.name, func(t *testing.T) {
			s := newScript()
			c.send(s)
			for _, size := range []int{1, 2, 3, 8, 9, 10, 100, 10_000} {
				got := newClient(t, defaults(), get, 2).receive(s.Bytes(), size, c.ends)
				if diff := cmp.Diff(c.want, got.log); diff != "" || got.err != nil {
					t.Errorf("in pieces of %d bytes: %v\n(-want +got):\n%s", size, got.err, diff)
				}
			}
		})
	}
}

// faults are what a server must not do: each ends one stream only, or the connection with all of them.
var faults = []struct {
	name string
	send func(s *script)
	want error
	all  bool   // the connection
	code string // that the server is sent
}{
	{"no status", func(s *script) { s.head(1, false, "a", "b") }, http2.ErrMalformed, false, "PROTOCOL_ERROR"},
	{"a status of two digits", func(s *script) { s.head(1, false, ":status", "20") }, http2.ErrMalformed, false, "PROTOCOL_ERROR"},
	{"a status below 100", func(s *script) { s.head(1, false, ":status", "099") }, http2.ErrMalformed, false, "PROTOCOL_ERROR"},
	{"two statuses", func(s *script) { s.head(1, false, ":status", "200", ":status", "200") }, http2.ErrMalformed, false, "PROTOCOL_ERROR"},
	{"a status after a field", func(s *script) { s.head(1, false, "a", "b", ":status", "200") }, http2.ErrMalformed, false, "PROTOCOL_ERROR"},
	{"a pseudo-header field of a request", func(s *script) { s.head(1, false, ":status", "200", ":path", "/") }, http2.ErrMalformed, false, "PROTOCOL_ERROR"},
	{"a name in upper case", func(s *script) { s.head(1, false, ":status", "200", "Server", "x") }, http2.ErrMalformed, false, "PROTOCOL_ERROR"},
	{"a line end in a value", func(s *script) { s.head(1, false, ":status", "200", "a", "b\r\nc") }, http2.ErrMalformed, false, "PROTOCOL_ERROR"},
	{"a field of HTTP/1", func(s *script) { s.head(1, false, ":status", "200", "transfer-encoding", "chunked") }, http2.ErrMalformed, false, "PROTOCOL_ERROR"},
	{"a switch of protocols", func(s *script) { s.head(1, false, ":status", "101") }, http2.ErrMalformed, false, "PROTOCOL_ERROR"},
	{"an end after an interim answer", func(s *script) { s.head(1, true, ":status", "103") }, http2.ErrMalformed, false, "PROTOCOL_ERROR"},
	{"a length that is none", func(s *script) { s.head(1, false, ":status", "200", "content-length", "+5") }, http2.ErrMalformed, false, "PROTOCOL_ERROR"},
	{"two lengths", func(s *script) { s.head(1, false, ":status", "200", "content-length", "5", "content-length", "6") }, http2.ErrMalformed, false, "PROTOCOL_ERROR"},
	{"a longer body than its length", func(s *script) { s.head(1, false, ":status", "200", "content-length", "2").data(1, true, "one") }, http2.ErrMalformed, false, "PROTOCOL_ERROR"},
	{"a body before the header fields", func(s *script) { s.data(1, true, "one") }, http2.ErrMalformed, false, "PROTOCOL_ERROR"},
	{"header fields within the body", func(s *script) { s.head(1, false, ":status", "200").head(1, false, "a", "b") }, http2.ErrMalformed, false, "PROTOCOL_ERROR"},
	{"a status in a trailer", func(s *script) { s.head(1, false, ":status", "200").head(1, true, ":status", "200") }, http2.ErrMalformed, false, "PROTOCOL_ERROR"},
	{"a length beyond the largest body", func(s *script) { s.head(1, false, ":status", "200", "content-length", "1048577") }, http2.ErrBodyTooLarge, false, "CANCEL"},
	{"a body without end", func(s *script) {
		s.head(1, false, ":status", "200")
		for range 64 {
			s.data(1, false, strings.Repeat("x", 16<<10))
		}
		s.data(1, false, "y")
	}, http2.ErrBodyTooLarge, false, "CANCEL"},
	{"more header fields than the limit", func(s *script) { s.head(1, true, many()...) }, http2.ErrTooLarge, false, "PROTOCOL_ERROR"},
	{"interim answers without end", func(s *script) {
		for range 4000 {
			s.head(1, false, ":status", "103", "link", "x")
		}
	}, http2.ErrTooLarge, false, "PROTOCOL_ERROR"},
	{"a WINDOW_UPDATE of 0", func(s *script) { s.raw(wire.FrameWindowUpdate, 0, 1, "\x00\x00\x00\x00") }, http2.ErrMalformed, false, "PROTOCOL_ERROR"},
	{"a window that is too large", func(s *script) { s.raw(wire.FrameWindowUpdate, 0, 1, "\x7f\xff\xff\xff") }, http2.ErrMalformed, false, "FLOW_CONTROL_ERROR"},

	{"HTTP/1", func(s *script) { s.Reset(); s.WriteString("HTTP/1.1 400 Bad Request\r\n\r\n") }, http2.ErrMalformed, true, "PROTOCOL_ERROR"},
	{"a stream that was never opened", func(s *script) { s.answer(5, "five") }, http2.ErrMalformed, true, "PROTOCOL_ERROR"},
	{"a stream of the server", func(s *script) { s.answer(2, "two") }, http2.ErrMalformed, true, "PROTOCOL_ERROR"},
	{"a reset of a stream that was never opened", func(s *script) { _ = s.WriteRSTStream(9, 1) }, http2.ErrMalformed, true, "PROTOCOL_ERROR"},
	{"a push", func(s *script) {
		_ = s.WritePushPromise(wire.PushPromiseParam{StreamID: 1, PromiseID: 2, EndHeaders: true})
	}, http2.ErrMalformed, true, "PROTOCOL_ERROR"},
	{"a setting that allows push", func(s *script) { _ = s.WriteSettings(wire.Setting{ID: wire.SettingEnablePush, Val: 1}) }, http2.ErrMalformed, true, "PROTOCOL_ERROR"},
	{"an initial window that is too large", func(s *script) { _ = s.WriteSettings(wire.Setting{ID: wire.SettingInitialWindowSize, Val: 1 << 31}) }, http2.ErrMalformed, true, "FLOW_CONTROL_ERROR"},
	{"SETTINGS of 7 bytes", func(s *script) { s.raw(wire.FrameSettings, 0, 0, "1234567") }, http2.ErrMalformed, true, "FRAME_SIZE_ERROR"},
	{"a PING of 7 bytes", func(s *script) { s.raw(wire.FramePing, 0, 0, "1234567") }, http2.ErrMalformed, true, "FRAME_SIZE_ERROR"},
	{"padding beyond the frame", func(s *script) { s.raw(wire.FrameData, wire.FlagDataPadded, 1, "\x09x") }, http2.ErrMalformed, true, "PROTOCOL_ERROR"},
	{"padding beyond the header fields", func(s *script) {
		s.raw(wire.FrameHeaders, wire.FlagHeadersPadded|wire.FlagHeadersEndHeaders, 1, "\x09x")
	}, http2.ErrMalformed, true, "FRAME_SIZE_ERROR"},
	{"a frame too large", func(s *script) { s.head(1, false, ":status", "200").data(1, true, strings.Repeat("x", 16<<10+1)) }, http2.ErrMalformed, true, "FRAME_SIZE_ERROR"},
	{"a header block that cannot be read", func(s *script) { s.raw(wire.FrameHeaders, wire.FlagHeadersEndHeaders, 1, "\xff\xff\xff\xff\xff") }, http2.ErrMalformed, true, "COMPRESSION_ERROR"},
	{"another frame within a header block", func(s *script) {
		_ = s.WriteHeaders(wire.HeadersFrameParam{StreamID: 1, BlockFragment: s.block(":status", "200")})
		s.data(1, true, "one")
	}, http2.ErrMalformed, true, "PROTOCOL_ERROR"},
	{"a header block without end", func(s *script) {
		_ = s.WriteHeaders(wire.HeadersFrameParam{StreamID: 1, BlockFragment: s.block(":status", "200")})
		for range 17 {
			_ = s.WriteContinuation(1, false, make([]byte, 16<<10))
		}
	}, http2.ErrTooLarge, true, "ENHANCE_YOUR_CALM"},
	{"CONTINUATION without end", func(s *script) {
		_ = s.WriteHeaders(wire.HeadersFrameParam{StreamID: 1, BlockFragment: s.block(":status", "200")})
		repeat(s, func() { _ = s.WriteContinuation(1, false, nil) })
	}, http2.ErrMalformed, true, "ENHANCE_YOUR_CALM"},
	{"a header field without end", func(s *script) { s.head(1, false, ":status", "200", "a", strings.Repeat("x", 1<<20)) }, http2.ErrMalformed, true, "FRAME_SIZE_ERROR"},
	{"PING without end", func(s *script) { repeat(s, func() { _ = s.WritePing(false, [8]byte{}) }) }, http2.ErrMalformed, true, "ENHANCE_YOUR_CALM"},
	{"SETTINGS without end", func(s *script) { repeat(s, func() { _ = s.WriteSettings() }) }, http2.ErrMalformed, true, "ENHANCE_YOUR_CALM"},
	{"empty DATA without end", func(s *script) { s.head(1, false, ":status", "200"); repeat(s, func() { s.data(1, false, "") }) }, http2.ErrMalformed, true, "ENHANCE_YOUR_CALM"},
	{"GOAWAY without end", func(s *script) { repeat(s, func() { _ = s.WriteGoAway(3, 0, nil) }) }, http2.ErrMalformed, true, "ENHANCE_YOUR_CALM"},
	{"PING between the parts of a body without end", func(s *script) {
		s.head(1, false, ":status", "500")
		repeat(s, func() { _ = s.WritePing(false, [8]byte{}); s.data(1, false, "x") })
	}, http2.ErrMalformed, true, "ENHANCE_YOUR_CALM"},
}

func repeat(_ *script, send func()) {
	for range 10_001 {
		send()
	}
}

func many() []string {
	fields := []string{":status", "200"}
	for i := range 300 {
		fields = append(fields, "a", strings.Repeat("x", 1000)+fmt.Sprint(i%3))
	}
	return fields
}

func TestFaultsEndTheStreamOrTheConnection(t *testing.T) {
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			s := newScript()
			f.send(s)
			c := newClient(t, defaults(), get, 2)
			if s.Len() > 0 && s.Bytes()[0] == 'H' { // what a server says first
				c.Conn = http2.New(defaults())
				_, c.err = c.Feed(s.Bytes())
				c.failed = append(c.failed, c.err)
			} else {
				c.sent(t)
				c.receive(s.Bytes(), 1000, false)
			}
			if len(c.failed) == 0 || !isOf(c.failed[0], f.want) || (c.err != nil) != f.all {
				t.Fatalf("streams: %v; connection: %v; want %v", c.failed, c.err, f.want)
			}
			sent := c.sent(t)
			if last := sent[len(sent)-1]; !slices.ContainsFunc(sent, func(frame string) bool { return strings.HasSuffix(frame, f.code) }) {
				t.Errorf("the last frame that the client sent is %s, want the code %s", last, f.code)
			}
			if f.all && !c.Ending() {
				t.Error("a broken connection has room for streams")
			}
		})
	}
}

func TestAServerThatSpeaksHTTP1IsNamed(t *testing.T) {
	c := http2.New(defaults())
	_, err := c.Feed([]byte("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"))
	if want := "malformed HTTP/2: the server does not speak HTTP/2, it answers in HTTP/1"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %q", err, want)
	}
}

func TestStreamsKeepToWhatTheServerAllows(t *testing.T) {
	c := http2.New(defaults())
	if c.Room() != 0 {
		t.Error("there is room before the SETTINGS")
	}
	s := newScript(wire.Setting{ID: wire.SettingMaxConcurrentStreams, Val: 2})
	if _, err := c.Feed(s.Bytes()); err != nil || c.Room() != 2 || c.MaxStreams() != 2 {
		t.Fatalf("room for %d of %d streams, %v; want 2 of 2", c.Room(), c.MaxStreams(), err)
	}
	var one, two http2.Stream
	c.OpenStream(&one, http2.NewForm(get), "/", "")
	c.OpenStream(&two, http2.NewForm(get), "/", "")
	if c.Room() != 0 || c.Open() != 2 {
		t.Errorf("room for %d beside %d, want none beside 2", c.Room(), c.Open())
	}
	c.Cancel(&one)
	c.Cancel(&one)
	if c.Room() != 1 || c.Open() != 1 {
		t.Errorf("after a cancelled stream: room for %d beside %d, want 1 beside 1", c.Room(), c.Open())
	}
	s.Reset()
	_ = s.WriteGoAway(3, wire.ErrCodeNo, nil)
	if events, err := c.Feed(s.Bytes()); err != nil || len(events) != 0 || c.Room() != 0 || !c.Ending() {
		t.Errorf("after GOAWAY: events %v, room for %d, %v", events, c.Room(), err)
	}
}

func TestTheEndHasItsReason(t *testing.T) {
	reason := errors.New("read: something")
	c := newClient(t, defaults(), get, 1)
	events := c.End(reason)
	if len(events) != 1 || !errors.Is(events[0].Err, reason) {
		t.Errorf("events %v, want one with %v", events, reason)
	}
	if _, err := c.Feed([]byte("more")); !errors.Is(err, reason) || !c.Ending() {
		t.Errorf("after the end: %v", err)
	}
	c = newClient(t, defaults(), get, 0)
	if events := c.End(nil); len(events) != 0 {
		t.Errorf("events %v of no stream", events)
	}
	if _, err := c.Feed([]byte("more")); !errors.Is(err, io.EOF) {
		t.Errorf("after the end: %v", err)
	}
}

func TestTheHeaderIsKeptForWhomItIsKept(t *testing.T) {
	config := defaults()
	config.KeepHead = true
	c := newClient(t, config, get, 2)
	c.receive(newScript().head(1, false, ":status", "103", "link", "x").head(1, true, ":status", "200", "x-two", "a", "set-cookie", "b=1", "x-two", "c").
		answer(3, "three").Bytes(), 1000, false)
	header := c.streams[0].Header()
	var got []string
	for name, value := range header.All() {
		got = append(got, name+"="+value)
	}
	if diff := cmp.Diff([]string{"x-two=a", "set-cookie=b=1", "x-two=c"}, got); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	if header.Get("X-Two") != "a" || header.Get("Link") != "" || len(c.streams[1].Header()) != 0 {
		t.Errorf("got %v and %v", header, c.streams[1].Header())
	}
}
