package strategytest

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"sweetspot/strategies"
)

// The answers about what a server does with a connection, and about what is in a whole response.

var closes = []Answer{
	{Name: "without an answer", Want: strategies.Reset, serve: once("")},
	{Name: "of one side without an answer", Want: strategies.Reset, serve: then("", func(p *peer) { p.halfClose(); p.wait() })},
	{Name: "by a reset without an answer", Want: strategies.Reset, serve: then("", (*peer).reset)},
	{Name: "within the body", Want: strategies.Truncated, serve: once(ok + "Content-Length: 100\r\n\r\nhello")},
	{Name: "by a reset within the body", Want: strategies.Reset, serve: then(ok+"Content-Length: 100\r\n\r\nhello", (*peer).reset)},
	// The end of such a response is that of the connection, and who cuts off a connection of TLS cannot say for TLS that it ends there.
	{Name: "by TCP alone after a body of no length", Want: strategies.OK, Secure: strategies.Truncated, serve: then(ok+"\r\n"+object, func(p *peer) { _ = p.tcp.CloseWrite() })},
	{Name: "by TCP alone without an answer", Want: strategies.Reset, serve: then("", func(p *peer) { _ = p.tcp.CloseWrite() })},
	{Name: "by TCP alone after an answer", Want: strategies.OK, Late: strategies.Reset, serve: then(good, func(p *peer) { _ = p.tcp.CloseWrite() })},
	{Name: "announced", Want: strategies.OK, serve: once(ok + "Connection: close\r\n" + length)},
	{Name: "unannounced", Want: strategies.OK, Late: strategies.Reset, serve: once(good)},
	{Name: "of one side after the answer", Want: strategies.OK, Late: strategies.Reset, serve: then(good, func(p *peer) { p.halfClose(); p.wait() })},
	{Name: "while idle", Want: strategies.OK, Late: strategies.Reset, serve: then(good, func(*peer) { time.Sleep(2 * time.Millisecond) })},
	{Name: "by a reset while idle", Want: strategies.OK, Late: strategies.Reset, serve: then(good, (*peer).reset)},
}

// smuggled is an answer that nobody asked for. A client that uses the connection again takes it for one.
const smuggled = "HTTP/1.1 418 Smuggled\r\n" + length

// smuggle sends one at once, and one for every further request.
func smuggle(p *peer) {
	for p.send(smuggled) && p.request() {
	}
}

var surplus = []Answer{
	{Name: "with the answer", Want: strategies.OK, serve: each(good + smuggled)},
	{Name: "right after the answer", Want: strategies.OK, Late: strategies.BadStatus, serve: then(good, smuggle)},
	{Name: "a millisecond after the answer", Want: strategies.OK, Late: strategies.BadStatus, serve: then(good, func(p *peer) {
		time.Sleep(time.Millisecond)
		smuggle(p)
	})},
	{Name: "a body longer than its length", Want: strategies.OK, serve: each(good + "more")},
	{Name: "a body of a 204", Want: strategies.OK, serve: each("HTTP/1.1 204 No Content\r\n" + length)},
	{Name: "an answer before the request", Either: true, serve: func(p *peer) { p.send(good); p.request() }},
}

var garbage = []Answer{
	{Name: "HTTP/0.9", Want: strategies.Malformed, serve: once("<html>hello</html>\n")},
	{Name: "HTTP/2 settings", Want: strategies.Malformed, serve: once("\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x80\x00\x04\x00\x01\x00\x00\x00\x05\x00\xff\xff\xff")},
	{Name: "a status line of HTTP/2", Want: strategies.Malformed, serve: once("HTTP/2 200\r\n" + length)},
	{Name: "without a line's end", Want: strategies.Malformed, serve: once("\x16\x03\x01\x02\x00\x01\x00\x01\xfc garbage without end")},
	{Name: "without end", Want: strategies.Malformed, serve: endless("", "\xde\xad\xbe\xef")},
	{Name: "escape sequences", Want: strategies.Malformed, serve: once("\x1b]0;owned\x07\x1b[2J <script>alert(1)</script>\r\n\r\n")},
	{Name: "another protocol", Want: strategies.Malformed, serve: hang("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")},
}

var slow = []Answer{
	{Name: "never", Want: strategies.Timeout, serve: hang("")},
	{Name: "a body drop by drop", Want: strategies.Timeout, serve: drip(ok+"Content-Length: 100000\r\n\r\n", strings.Repeat("x", 1000), 50*time.Millisecond)},
	{Name: "a whole answer byte by byte", Want: strategies.OK, serve: drip("", good, time.Millisecond)},
	{Name: "silence within the body", Want: strategies.Timeout, serve: hang(ok + "Content-Length: 100\r\n\r\nhello")},
	{Name: "silence within the head", Want: strategies.Timeout, serve: hang(ok + "Content-Le")},
}

// gzipped is the encoding of a body, with the header that says so.
func gzipped(body string) (encoded, header string) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(body))
	_ = w.Close()
	return b.String(), "Content-Encoding: gzip\r\n"
}

// bomb is a gzip of 100 MB of spaces, with the header that says so.
var bomb = sync.OnceValues(func() (encoded, header string) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	for space := bytes.Repeat([]byte{' '}, 1<<20); b.Len() < 100<<10; { // a thousandth of what it expands to
		_, _ = w.Write(space)
	}
	_ = w.Close()
	return b.String(), "Content-Encoding: gzip\r\n"
})

func bodies() []Answer {
	large := "[" + strings.Repeat("1,", answerMaxBody) + "1]" // twice of what is decoded
	return []Answer{
		{Name: "a gzip bomb, not decoded", Want: strategies.OK, serve: each(whole(bomb()))},
		{Name: "a gzip bomb", Want: strategies.TooLarge, JSON: true, serve: each(whole(bomb()))},
		{Name: "a large one, not decoded", Want: strategies.OK, serve: each(whole(large))},
		{Name: "a large one", Want: strategies.TooLarge, JSON: true, serve: each(whole(large))},
		{Name: "a large one in chunks", Want: strategies.TooLarge, JSON: true, serve: each(fmt.Sprintf("%s%x\r\n%s\r\n0\r\n\r\n", chunked, len(large), large))},
		{Name: "a large one of no length", Want: strategies.TooLarge, JSON: true, serve: once(ok + "\r\n" + large)},
		{Name: "one that keeps coming", Want: strategies.TooLarge, JSON: true, serve: endless(ok+"\r\n", " ")},
		{Name: "a length beyond the limit, then silence", Want: strategies.TooLarge, JSON: true, serve: hang(ok + longest)},
		{Name: "a large one of a bad status", Want: strategies.BadStatus, JSON: true, serve: each("HTTP/1.1 500 Bad" + strings.TrimPrefix(whole(large), ok[:len(ok)-2]))},
	}
}

func json() []Answer {
	plain := func(name, body string, want strategies.Class) Answer {
		return Answer{Name: name, Want: want, JSON: true, serve: each(whole(body))}
	}
	encoded, header := gzipped(object)
	const deep, deeper = 5000, 2 << 17 // Go's decoder, like others, has a limit between them, as RFC 8259, section 9, permits
	return []Answer{
		plain("an object", object, strategies.OK),
		plain("a string of bad UTF-8", "{\"a\":\"\xff\xfe\"}", strategies.OK),
		plain("a number that no float64 holds", `{"a":1e999999}`, strategies.OK), // RFC 8259, section 6, bounds no number
		plain("arrays 5,000 deep", strings.Repeat("[", deep)+strings.Repeat("]", deep), strategies.OK),
		plain("arrays 262,144 deep", strings.Repeat("[", deeper)+strings.Repeat("]", deeper), strategies.Undecodable),
		plain("NaN", `{"a":NaN}`, strategies.Undecodable),
		plain("Infinity", `{"a":-Infinity}`, strategies.Undecodable),
		plain("a byte order mark", "\xef\xbb\xbf"+object, strategies.Undecodable),
		plain("nothing", "", strategies.Undecodable),
		plain("two objects", object+object, strategies.Undecodable),
		plain("half an object", `{"a":`, strategies.Undecodable),
		plain("a comma too many", `[1,]`, strategies.Undecodable),
		{Name: "no content", Want: strategies.OK, JSON: true, serve: each("HTTP/1.1 204 No Content\r\n\r\n")},
		{Name: "not modified", Want: strategies.OK, JSON: true, serve: each("HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n")},
		{Name: "gzip", Want: strategies.OK, JSON: true, serve: each(whole(encoded, header))},
		{Name: "half a gzip", Want: strategies.Undecodable, JSON: true, serve: each(whole(encoded[:len(encoded)-10], header))},
		{Name: "gzip by name only", Want: strategies.Undecodable, JSON: true, serve: each(whole(object, header))},
		{Name: "gzip in fact only", Want: strategies.Undecodable, JSON: true, serve: each(whole(encoded))},
		{Name: "an object that breaks off", Want: strategies.Truncated, JSON: true, serve: once(ok + "Content-Length: 100\r\n\r\n" + object)},
	}
}

var cookies = []Answer{
	{Name: "50 others with every answer", Want: strategies.OK, serve: func() func(*peer) {
		var set atomic.Int64
		return func(p *peer) {
			for p.request() {
				var headers strings.Builder
				for range 50 {
					fmt.Fprintf(&headers, "Set-Cookie: c%d=%s; Path=/\r\n", set.Add(1), strings.Repeat("v", 100))
				}
				p.send(ok + headers.String() + length)
			}
		}
	}()},
	{Name: "malformed", Want: strategies.OK, serve: each(ok + "Set-Cookie: =x\r\nSet-Cookie: e=\"\r\nSet-Cookie: ;;;\r\nSet-Cookie:\r\n" + length)}, // RFC 6265: ignored
	// A header's value may not have it, RFC 9110, section 5.5, and whoever reads on may read something else.
	{Name: "with a control character", Want: strategies.Malformed, serve: each(ok + "Set-Cookie: a=b\x01c; Path=/\r\n" + length)},
}

var statuses = []Answer{
	{Name: "999", Want: strategies.BadStatus, serve: each("HTTP/1.1 999 X\r\n" + length)}, // a whole answer; RFC 9110, section 15: as 5xx
	{Name: "99", Want: strategies.Malformed, serve: each("HTTP/1.1 99 X\r\n" + length)},
	{Name: "099", Want: strategies.Malformed, serve: each("HTTP/1.1 099 X\r\n" + length)},
	{Name: "2000", Want: strategies.Malformed, serve: each("HTTP/1.1 2000 X\r\n" + length)},
	{Name: "letters", Want: strategies.Malformed, serve: each("HTTP/1.1 abc X\r\n" + length)},
	{Name: "not modified, with a length", Want: strategies.OK, serve: each("HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n")},
	{Name: "a redirect to itself", Want: strategies.OK, serve: each("HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n")},
	{Name: "a redirect to no URL", Want: strategies.OK, serve: each("HTTP/1.1 302 Found\r\nLocation: http://%zz:-1/\r\nContent-Length: 0\r\n\r\n")},
	{Name: "escape sequences for a reason", Want: strategies.BadStatus, serve: each("HTTP/1.1 500 red\x1b[31m\r\n" + length)},
	{Name: "no reason", Want: strategies.OK, serve: each("HTTP/1.1 200\r\n" + length)},
}
