package strategytest

import (
	"strings"
	"time"

	"sweetspot/strategies"
)

// The answers about where a response, a line or a header ends.

const longest = "Content-Length: 9223372036854775807\r\n\r\n"

var lengths = []Answer{
	{Name: "one length", Want: strategies.OK, serve: each(good)},
	{Name: "the same length twice", Want: strategies.OK, serve: each(ok + "Content-Length: 7\r\n" + length)},
	{Name: "two lengths", Want: strategies.Malformed, serve: each(ok + "Content-Length: 8\r\n" + length)},
	{Name: "a length with a plus", Want: strategies.Malformed, serve: each(ok + "Content-Length: +7\r\n\r\n" + object)},
	{Name: "a length with a minus", Want: strategies.Malformed, serve: each(ok + "Content-Length: -7\r\n\r\n" + object)},
	{Name: "a length in hexadecimal", Want: strategies.Malformed, serve: each(ok + "Content-Length: 0x7\r\n\r\n" + object)},
	{Name: "a length of 2^63", Want: strategies.Malformed, serve: each(ok + "Content-Length: 9223372036854775808\r\n\r\n" + object)},
	{Name: "a length of nothing", Want: strategies.Malformed, serve: each(ok + "Content-Length: \r\n\r\n" + object)},
	{Name: "the longest length, then silence", Want: strategies.Timeout, serve: hang(ok + longest + "hello")},
	{Name: "a terabyte, then a close", Want: strategies.Truncated, serve: once(ok + "Content-Length: 1099511627776\r\n\r\nhello")},
	{Name: "8 GB that keep coming", Want: strategies.Timeout, serve: endless(ok+"Content-Length: 8589934592\r\n\r\n", "x")},
	{Name: "no length, then a close", Want: strategies.OK, serve: once(ok + "\r\n" + object)},
	{Name: "no length and no end", Want: strategies.Timeout, serve: endless(ok+"\r\n", "x")},
	// RFC 9112, section 6.3: the chunks count.
	{Name: "a length and chunks", Want: strategies.OK, serve: each(ok + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n" + oneLast)},
	// No request asks for a transfer coding, and what follows is unreadable without it.
	{Name: "chunks of gzip", Want: strategies.Malformed, serve: once(ok + "Transfer-Encoding: gzip, chunked\r\n\r\n" + oneLast)},
	{Name: "the coding identity", Want: strategies.Malformed, serve: once(ok + "Transfer-Encoding: identity\r\n" + length)}, // RFC 9112 has no such coding
}

var chunks = []Answer{
	{Name: "with an extension and a trailer", Want: strategies.OK, serve: each(chunked + "7;a=b\r\n" + object + "\r\n0\r\nX-A: b\r\n\r\n")},
	{Name: "50,000 of a byte", Want: strategies.OK, serve: each(chunked + strings.Repeat("1\r\nx\r\n", 50_000) + "0\r\n\r\n")},
	{Name: "a size of 17 digits", Want: strategies.Malformed, serve: once(chunked + "FFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n")},
	{Name: "a size with a minus", Want: strategies.Malformed, serve: once(chunked + "-7\r\n" + object + "\r\n0\r\n\r\n")},
	{Name: "a size without digits", Want: strategies.Malformed, serve: once(chunked + "\r\n" + object + "\r\n0\r\n\r\n")},
	{Name: "a size that ends in LF", Want: strategies.Malformed, serve: once(chunked + "7\n" + object + "\r\n0\r\n\r\n")}, // RFC 9112, erratum 7633
	{Name: "the largest size, then a close", Want: strategies.Truncated, serve: once(chunked + "7fffffffffffffff\r\nhello\r\n")},
	{Name: "a chunk longer than its size", Want: strategies.Malformed, serve: once(chunked + "7\r\n" + object + "XX0\r\n\r\n")},
	{Name: "an extension of a megabyte", Want: strategies.Malformed, serve: once(chunked + "7;" + strings.Repeat("x", 1<<20) + "\r\n" + object + "\r\n0\r\n\r\n")},
	{Name: "extensions without end", Want: strategies.Malformed, serve: endless(chunked, "1;"+strings.Repeat("x", 3000)+"\r\ny\r\n")},
	{Name: "a trailer without end", Want: strategies.Malformed, serve: endless(chunked+"7\r\n"+object+"\r\n0\r\n", "X-A: b\r\n")},
	{Name: "chunks without end", Want: strategies.Timeout, serve: endless(chunked, "1000\r\n"+strings.Repeat("x", 4096)+"\r\n")},
	{Name: "a close within one", Want: strategies.Truncated, serve: once(chunked + "100\r\nhello")},
	{Name: "a close before the last", Want: strategies.Truncated, serve: once(chunked + "7\r\n" + object + "\r\n")},
}

var lineEnds = []Answer{
	{Name: "LF in the head", Want: strategies.OK, serve: each("HTTP/1.1 200 OK\nContent-Length: 7\n\n" + object)}, // RFC 9112, section 2.2, permits it
	{Name: "CR in a header", Want: strategies.Malformed, serve: each(ok + "X-A: a\rb\r\n" + length)},
	{Name: "a continued header", Want: strategies.OK, serve: each(ok + "X-A: a\r\n b\r\n\tc\r\n" + length)}, // RFC 9112, section 5.2, permits it
	{Name: "a continued length", Want: strategies.Malformed, serve: once(ok + "Content-Length: 1\r\n 0\r\n\r\n" + object + "123")},
}

var heads = []Answer{
	{Name: "100 KB of headers", Want: strategies.OK, serve: each(ok + strings.Repeat("X-A: "+strings.Repeat("b", 1018)+"\r\n", 100) + length)},
	{Name: "150 headers", Want: strategies.OK, serve: each(ok + strings.Repeat("X-A: b\r\n", 150) + length)},
	{Name: "bytes beyond ASCII in a value", Want: strategies.OK, serve: each(ok + "X-A: caf\xe9 \xff\r\n" + length)},
	{Name: "HTTP/1.0", Want: strategies.OK, serve: once("HTTP/1.0 200 OK\r\n\r\n" + object)},
	{Name: "HTTP/1.0 kept alive", Want: strategies.OK, serve: each("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n" + length)},
	{Name: "headers without end", Want: strategies.Malformed, serve: endless(ok, "X-A: b\r\n")},
	{Name: "a header without end", Want: strategies.Malformed, serve: endless(ok+"X-A: ", "x")},
	{Name: "a status line without end", Want: strategies.Malformed, serve: endless(ok[:len(ok)-2], "x")},
	{Name: "NUL in a value", Want: strategies.Malformed, serve: once(ok + "X-A: a\x00b\r\n" + length)},
	{Name: "NUL in a name", Want: strategies.Malformed, serve: once(ok + "X\x00A: ab\r\n" + length)},
	{Name: "no colon", Want: strategies.Malformed, serve: once(ok + "Nonsense\r\n" + length)},
	{Name: "no name", Want: strategies.Malformed, serve: once(ok + ": a\r\n" + length)},
	{Name: "escape sequences for a length", Want: strategies.Malformed, serve: once(ok + "Content-Length: \x1b[2J<script>alert(1)</script>\r\n\r\n")},
	{Name: "a close within one", Want: strategies.Truncated, serve: once(ok + "Content-Le")},
	{Name: "a header that never ends, drop by drop", Want: strategies.Timeout, serve: drip(ok+"X-A: ", strings.Repeat("a", 1000), 20*time.Millisecond)},
	{Name: "a status line drop by drop", Want: strategies.Timeout, serve: drip("", "HTTP/1.1 200 OK and so on and on and on", 50*time.Millisecond)},
}

var interim = []Answer{
	{Name: "three kinds", Want: strategies.OK, serve: each("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n" + good)},
	{Name: "50", Want: strategies.OK, serve: each(strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", 50) + good)},
	{Name: "100,000", Want: strategies.Malformed, serve: once(strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 100_000) + good)},
	{Name: "without end", Want: strategies.Malformed, serve: endless("", "HTTP/1.1 100 Continue\r\n\r\n")},
	{Name: "a close after one", Want: strategies.Truncated, serve: once("HTTP/1.1 100 Continue\r\n\r\n")},
	{Name: "a late answer", Want: strategies.OK, serve: func(p *peer) {
		for p.request() && p.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n") {
			time.Sleep(20 * time.Millisecond)
			p.send(good)
		}
	}},
	// No request asks for another protocol, and what follows would be in it.
	{Name: "a switch of protocols", Want: strategies.Malformed, serve: once("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n")},
}
