package http1_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sweetspot/strategies/http1"
)

// read is everything that a parser returns about a response.
type read struct {
	Status   int
	Body     string
	Cookies  []string
	Reusable bool
	Rest     string // of the input: the next response
}

// feed parses one response from input in pieces of size bytes, and calls End after the last.
func feed(p *http1.Parser, input string, size int) (read, error) {
	at := 0
	for at < len(input) {
		end := min(at+size, len(input))
		n, done, err := p.Feed([]byte(input[at:end]))
		at += n
		if err != nil {
			return read{}, err
		}
		if done {
			break
		}
		if at < end {
			return read{}, fmt.Errorf("%d bytes were left without the response being done", end-at)
		}
	}
	if err := p.End(); err != nil {
		return read{}, err
	}
	return read{p.Status(), string(p.Body()), slices.Clone(p.Cookies()), p.Reusable(), input[at:]}, nil
}

func TestParserReadsResponsesInPiecesOfAnySize(t *testing.T) {
	const next = "HTTP/1.1 500 Next\r\n\r\n"
	for _, c := range []struct {
		name, input string
		head        bool
		want        read
	}{
		{"a length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" + next, false, read{200, "hello", nil, true, next}},
		{"no body", "HTTP/1.1 404 Not Found\r\ncontent-length:0\r\n\r\n" + next, false, read{404, "", nil, true, next}},
		{"chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;a=b\r\n world\r\n0\r\n\r\n" + next, false,
			read{200, "hello world", nil, true, next}},
		{"chunks and a trailer", "HTTP/1.1 200 OK\r\nTransfer-Encoding: CHUNKED\r\n\r\n00a \r\n0123456789\r\n0\r\nA: b\r\nC: d\r\n\r\n" + next, false,
			read{200, "0123456789", nil, true, next}},
		{"a body until the end", "HTTP/1.1 200 OK\r\n\r\nhello", false, read{200, "hello", nil, false, ""}},
		{"nothing until the end", "HTTP/1.1 200 OK\r\n\r\n", false, read{200, "", nil, false, ""}},
		{"an answer to HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + next, true, read{200, "", nil, true, next}},
		{"an answer to HEAD of unknown length", "HTTP/1.1 200 OK\r\n\r\n" + next, true, read{200, "", nil, true, next}},
		{"204", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n" + next, false, read{204, "", nil, true, next}},
		{"304 with chunks unsent", "HTTP/1.1 304 \r\nTransfer-Encoding: chunked\r\n\r\n" + next, false, read{304, "", nil, true, next}},
		{"interim responses", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nSet-Cookie: not=this\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", false,
			read{200, "hi", nil, true, ""}},
		{"both lengths: the chunks count, and the connection is in doubt", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", false,
			read{200, "hello", nil, false, ""}},
		{"Connection: close", "HTTP/1.1 200 OK\r\nConnection: a, Close\r\nContent-Length: 1\r\n\r\n!", false, read{200, "!", nil, false, ""}},
		{"HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n!", false, read{200, "!", nil, false, ""}},
		{"HTTP/1.0 kept alive", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\n!", false, read{200, "!", nil, true, ""}},
		{"cookies", "HTTP/1.1 200 OK\r\nSet-Cookie: a=1; Path=/\r\nset-cookie:b=2\r\nContent-Length: 0\r\n\r\n", false,
			read{200, "", []string{"a=1; Path=/", "b=2"}, true, ""}},
		{"bare LF in the head", "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", false, read{200, "hello", nil, true, ""}},
		{"a continued header", "HTTP/1.1 200 OK\r\nConnection: a,\r\n\t close \r\nContent-Length: 1\r\n\r\n!", false, read{200, "!", nil, false, ""}},
		{"no reason", "HTTP/1.1 200\r\nContent-Length: 1\r\n\r\n!", false, read{200, "!", nil, true, ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := &http1.Parser{KeepBelow: 1000}
			for size := len(c.input); size > 0; size-- {
				p.Reset(c.head)
				got, err := feed(p, c.input, size)
				if diff := cmp.Diff(c.want, got, cmpopts.EquateEmpty()); diff != "" || err != nil {
					t.Fatalf("in pieces of %d bytes: %v (-want +got):\n%s", size, err, diff)
				}
			}
		})
	}
}

func TestParserNeverTakesAnIncompleteResponseForWhole(t *testing.T) {
	for _, whole := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n\r\n",
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
	} {
		for n := range len(whole) {
			want := io.ErrUnexpectedEOF
			if n == 0 {
				want = io.EOF
			}
			if got, err := feed(&http1.Parser{}, whole[:n], 3); !errors.Is(err, want) {
				t.Errorf("%q: got %+v and %v, want %v", whole[:n], got, err, want)
			}
		}
	}
}

func TestParserKeepsItsLimits(t *testing.T) {
	const start = "HTTP/1.1 200 OK\r\n"
	long := strings.Repeat("x", 1000)
	for _, c := range []struct {
		name, input string
		want        error
	}{
		{"a head within the limit", start + "A: " + long[:400] + "\r\nContent-Length: 0\r\n\r\n", nil},
		{"a header beyond it", start + "A: " + long, http1.ErrTooLarge},
		{"headers beyond it", start + strings.Repeat("A: b\r\n", 200), http1.ErrTooLarge},
		{"a status line beyond it", "HTTP/1.1 200 " + long, http1.ErrTooLarge},
		{"interim responses beyond it", strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 100), http1.ErrTooLarge},
		{"a trailer beyond it", start + "Transfer-Encoding: chunked\r\n\r\n0\r\nA: " + long, http1.ErrTooLarge},
		{"a body within the limit", start + "Content-Length: 900\r\n\r\n" + long[:900], nil},
		{"a body beyond it", start + "Content-Length: 901\r\n\r\n" + long[:901], http1.ErrBodyTooLarge},
		{"a body that will be beyond it", start + "Content-Length: 901\r\n\r\n", http1.ErrBodyTooLarge},
		{"a body beyond it that is not kept", "HTTP/1.1 500 Bad\r\nContent-Length: 901\r\n\r\n" + long[:901], nil},
		{"chunks beyond it", start + "Transfer-Encoding: chunked\r\n\r\n" + strings.Repeat("64\r\n"+long[:100]+"\r\n", 10), http1.ErrBodyTooLarge},
		{"a body without end beyond it", start + "\r\n" + long, http1.ErrBodyTooLarge},
	} {
		for _, size := range []int{1, 7, len(c.input)} {
			_, err := feed(&http1.Parser{KeepBelow: 500, MaxHead: 500, MaxBody: 900}, c.input, size)
			if !errors.Is(err, c.want) {
				t.Errorf("%s in pieces of %d bytes: error %v, want %v", c.name, size, err, c.want)
			}
		}
	}
}

func TestParserHasNoLimitForABodyThatItDoesNotKeep(t *testing.T) {
	p := &http1.Parser{MaxBody: 10}
	got, err := feed(p, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"+strings.Repeat("x", 100), 7)
	if err != nil || got.Body != "" || p.Size() != 100 {
		t.Errorf("body %q of size %d and error %v, want none of size 100", got.Body, p.Size(), err)
	}
}

func TestParserAllocatesNothingForAWholeResponse(t *testing.T) {
	for _, input := range []string{
		"HTTP/1.1 200 OK\r\nServer: x\r\nDate: Tue, 01 Jan 2030 00:00:00 GMT\r\nContent-Type: application/json\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nhello",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
	} {
		p, data := &http1.Parser{KeepBelow: 1000}, []byte(input)
		if n := testing.AllocsPerRun(100, func() {
			p.Reset(false)
			if _, done, err := p.Feed(data); !done || err != nil {
				t.Errorf("done %v, error %v", done, err)
			}
		}); n != 0 {
			t.Errorf("%g allocations, want none", n)
		}
	}
}

func BenchmarkParser(b *testing.B) {
	data := []byte("HTTP/1.1 200 OK\r\nServer: nginx/1.26.3\r\nDate: Tue, 01 Jan 2030 00:00:00 GMT\r\n" +
		"Content-Type: application/json\r\nContent-Length: 19\r\nConnection: keep-alive\r\n\r\n{\"message\":\"hello\"}")
	b.ReportAllocs()
	b.SetBytes(int64(len(data)))
	for p := new(http1.Parser); b.Loop(); {
		p.Reset(false)
		if _, done, err := p.Feed(data); !done || err != nil {
			b.Fatal(done, err)
		}
	}
}
