package http2_test

import (
	"testing"

	wire "golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"sweetspot/strategies/http2"
)

// inTheWayOfNginx encodes a response's header fields as nginx does: it puts each into the table of header fields, and never takes
// one from it.
func inTheWayOfNginx() []byte {
	block := []byte{0x88}
	for _, f := range []struct {
		index byte
		value string
	}{{54, "nginx"}, {33, "Fri, 27 Nov 2026 09:24:01 GMT"}, {31, "application/json"}, {28, "19"}} {
		block = append(block, 0x40|f.index, 0x80|byte(hpack.HuffmanEncodeLength(f.value)))
		block = hpack.AppendHuffmanString(block, f.value)
	}
	return block
}

// BenchmarkRequest shows what a request and its response cost, without the system: 60 at a time on a connection, answered as by
// nginx, as by nginx that has not been sent the size of the table and so fills it, and by a server that takes header fields from it.
func BenchmarkRequest(b *testing.B) {
	for name, block := range map[string][]byte{
		"nginx":              append([]byte{0x20}, inTheWayOfNginx()...),
		"nginx with a table": inTheWayOfNginx(),
		"table":              nil,
	} {
		b.Run(name, func(b *testing.B) { benchmarkRequest(b, block) })
	}
}

func benchmarkRequest(b *testing.B, block []byte) {
	const streams = 60
	c := http2.New(defaults())
	s := newScript()
	if _, err := c.Feed(s.Bytes()); err != nil {
		b.Fatal(err)
	}
	all := make([]http2.Stream, streams)
	next, done := uint32(1), 0
	form := http2.NewForm(get)
	b.ReportAllocs()
	for b.Loop() {
		if done%streams == 0 {
			b.StopTimer()
			s.Reset()
			for i := range uint32(streams) {
				fragment := block
				if fragment == nil {
					fragment = s.block(":status", "200", "server", "go", "content-type", "application/json", "content-length", "19")
				}
				_ = s.WriteHeaders(wire.HeadersFrameParam{StreamID: next + 2*i, BlockFragment: fragment, EndHeaders: true})
				s.data(next+2*i, true, `{"message":"hello"}`)
			}
			next += 2 * streams
			b.StartTimer()
			for i := range all {
				c.OpenStream(&all[i], form, "/", "")
			}
			c.Sent(len(c.Unsent()))
			if events, err := c.Feed(s.Bytes()); err != nil || len(events) != streams {
				b.Fatal(len(events), err)
			}
		}
		done++
	}
}
