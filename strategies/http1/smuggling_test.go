package http1_test

import (
	"errors"
	"strings"
	"testing"

	"sweetspot/strategies/http1"
)

// Responses that two parsers could read differently are refused, or read as net/http reads them.
func TestParserRefusesAmbiguousResponses(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\n"
	chunked := ok + "Transfer-Encoding: chunked\r\n\r\n"
	for _, c := range []struct {
		name, input string
		body        string // "" means that it is refused
	}{
		{"both lengths: the chunks count", ok + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "hello"},
		{"both lengths, one of them wrong", ok + "Content-Length: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", ""},
		{"the same length twice", ok + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", "hello"},
		{"two lengths", ok + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", ""},
		{"two lengths that are one number", ok + "Content-Length: 5\r\nContent-Length: 05\r\n\r\nhello", ""},
		{"a list of lengths", ok + "Content-Length: 5, 5\r\n\r\nhello", ""},
		{"a length with a plus", ok + "Content-Length: +5\r\n\r\nhello", ""},
		{"a length with a minus", ok + "Content-Length: -5\r\n\r\nhello", ""},
		{"a length with a space in it", ok + "Content-Length: 1 0\r\n\r\nhello", ""},
		{"a length in hexadecimal", ok + "Content-Length: 0x5\r\n\r\nhello", ""},
		{"a length with an underscore", ok + "Content-Length: 1_0\r\n\r\nhello", ""},
		{"a length continued on the next line", ok + "Content-Length: 1\r\n 0\r\n\r\nhello", ""},
		{"a length of nothing", ok + "Content-Length:\r\n\r\nhello", ""},
		{"a length of 2^63", ok + "Content-Length: 9223372036854775808\r\n\r\nhello", ""},
		{"a length of 2^64 and 5", ok + "Content-Length: 18446744073709551621\r\n\r\nhello", ""},
		{"a space before the colon names another header", ok + "Content-Length : 3\r\n\r\nhello", "hello"},
		{"a space before the first header", ok + " Content-Length: 5\r\n\r\nhello", ""},
		{"a CR in a header", ok + "A: b\rContent-Length: 5\r\n\r\nhello", ""},
		{"a NUL in a header", ok + "A: \x00\r\nContent-Length: 5\r\n\r\nhello", ""},
		{"a header without a name", ok + ": 5\r\n\r\nhello", ""},
		{"a header without a colon", ok + "Content-Length 5\r\n\r\nhello", ""},
		{"two CR", ok + "Content-Length: 5\r\r\n\r\nhello", ""},
		{"two encodings", ok + "Transfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", ""},
		{"chunked twice", ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", ""},
		{"another encoding", ok + "Transfer-Encoding: xchunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", ""},
		{"chunks in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\nhello", "hello"},

		{"a chunk's size with a plus", chunked + "+5\r\nhello\r\n0\r\n\r\n", ""},
		{"a chunk's size with a minus", chunked + "-5\r\nhello\r\n0\r\n\r\n", ""},
		{"a chunk's size with 0x", chunked + "0x5\r\nhello\r\n0\r\n\r\n", ""},
		{"a chunk's size after a space", chunked + " 5\r\nhello\r\n0\r\n\r\n", ""},
		{"a chunk's size before a space", chunked + "5 \r\nhello\r\n0\r\n\r\n", "hello"},
		{"a chunk's size without digits", chunked + "\r\nhello\r\n0\r\n\r\n", ""},
		{"a chunk's size of 17 digits", chunked + "00000000000000005\r\nhello\r\n0\r\n\r\n", ""},
		{"a chunk's size of 2^64 and 5", chunked + "10000000000000005\r\nhello\r\n0\r\n\r\n", ""},
		{"a chunk's size of 2^63", chunked + "8000000000000000\r\nhello\r\n0\r\n\r\n", ""},
		{"a chunk's size that ends in LF", chunked + "5\nhello\r\n0\r\n\r\n", ""},
		{"a chunk's size with a CR in it", chunked + "5\r;\r\nhello\r\n0\r\n\r\n", ""},
		{"a chunk that ends in LF", chunked + "5\r\nhello\n0\r\n\r\n", ""},
		{"a chunk that is longer than its size", chunked + "3\r\nhello\r\n0\r\n\r\n", ""},
		{"a chunk that is shorter than its size", chunked + "6\r\nhello\r\n0\r\n\r\n", ""},
		{"an extension without end", chunked + "5;" + strings.Repeat("x", 5000) + "\r\nhello\r\n0\r\n\r\n", ""},
		{"more extensions than data", chunked + strings.Repeat("1;"+strings.Repeat("x", 1000)+"\r\ny\r\n", 30), ""},
		{"a trailer without a colon", chunked + "5\r\nhello\r\n0\r\nA\r\n\r\n", ""},

		{"an empty line first", "\r\nHTTP/1.1 200 OK\r\n\r\nhello", ""},
		{"another protocol", "HTTPS/1.1 200 OK\r\n\r\nhello", ""},
		{"a version without a dot", "HTTP/11 200 OK\r\n\r\nhello", ""},
		{"a status of two digits", "HTTP/1.1 20 OK\r\n\r\nhello", ""},
		{"a status of four digits", "HTTP/1.1 2000 OK\r\n\r\nhello", ""},
		{"a status below 100", "HTTP/1.1 099 OK\r\n\r\nhello", ""},
		{"a switch of protocols", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", ""},
		{"a negative status", "HTTP/1.1 -20 OK\r\n\r\nhello", ""},
		{"no status", "HTTP/1.1\r\n\r\nhello", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			for size := len(c.input); size > 0; size-- {
				p := &http1.Parser{KeepBelow: 1000}
				got, err := feed(p, c.input, size)
				if c.body == "" && !errors.Is(err, http1.ErrMalformed) {
					t.Fatalf("in pieces of %d bytes: got %.200v and %v, want %v", size, got, err, http1.ErrMalformed)
				}
				if c.body != "" && (got.Body != c.body || err != nil) {
					t.Fatalf("in pieces of %d bytes: got %+v and %v, want the body %q", size, got, err, c.body)
				}
			}
		})
	}
}
