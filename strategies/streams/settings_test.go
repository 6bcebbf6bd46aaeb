package streams

import (
	"bytes"
	"testing"

	"golang.org/x/net/http2"
)

// settings returns the bytes of a settings frame.
func settings(all ...http2.Setting) []byte {
	var frame bytes.Buffer
	_ = http2.NewFramer(&frame, nil).WriteSettings(all...)
	return frame.Bytes()
}

func TestSettingsSayHowManyStreamsThereMayBe(t *testing.T) {
	for _, c := range []struct {
		received    []byte
		want        int
		whole, fine bool
	}{
		{settings(), defaultStreams, true, true},
		{settings(http2.Setting{ID: http2.SettingMaxConcurrentStreams, Val: 128}), 128, true, true},
		{settings(http2.Setting{ID: http2.SettingMaxConcurrentStreams, Val: 1<<32 - 1}), 1 << 30, true, true},
		{append(settings(http2.Setting{ID: http2.SettingMaxConcurrentStreams, Val: 3}), "more"...), 3, true, true},
		{settings(http2.Setting{ID: http2.SettingMaxConcurrentStreams, Val: 3})[:10], 0, false, true},
		{nil, 0, false, true},
		{[]byte("\x00\x00\x00\x04\x01\x00\x00\x00\x00"), 0, false, false}, // an acknowledgement
		{[]byte("HTTP/1.1 400 Bad Request\r\n"), 0, false, false},
		{[]byte("HTT"), 0, false, true},
		{[]byte("220 smtp.example\r\n"), 0, false, false},
	} {
		got, whole, err := parseSettings(c.received)
		if got != c.want || whole != c.whole || (err == nil) != c.fine {
			t.Errorf("%q: %d streams, whole %v, %v, want %d, %v, fine %v", c.received, got, whole, err, c.want, c.whole, c.fine)
		}
	}
}

// Whatever comes, byte by byte or at once, leads to the same result, and nothing is kept beyond what a frame may have.
func FuzzSettings(f *testing.F) {
	f.Add(settings(http2.Setting{ID: http2.SettingMaxConcurrentStreams, Val: 7}))
	f.Add([]byte("HTTP/1.1 400 Bad Request\r\n"))
	f.Add(bytes.Repeat([]byte{0}, 20_000))
	f.Fuzz(func(t *testing.T, received []byte) {
		at, byByte := &greeting{done: make(chan struct{})}, &greeting{done: make(chan struct{})}
		at.follow(received, nil)
		for _, b := range received {
			if !byByte.whole && byByte.err == nil {
				byByte.follow([]byte{b}, nil)
			}
		}
		if at.whole != byByte.whole || at.streams != byByte.streams || (at.err == nil) != (byByte.err == nil) {
			t.Errorf("at once: %d, %v, %v; byte by byte: %d, %v, %v", at.streams, at.whole, at.err, byByte.streams, byByte.whole, byByte.err)
		}
		if len(at.received) > maxGreeting {
			t.Errorf("%d bytes are kept", len(at.received))
		}
	})
}
