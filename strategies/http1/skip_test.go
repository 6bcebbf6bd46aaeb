package http1_test

import (
	"math"
	"testing"

	"sweetspot/strategies/http1"
)

// skipThrough is feed for a parser that keeps no body, for a caller that skips what it may. It returns the size of the body too.
func skipThrough(p *http1.Parser, input string, size int) (read, int64, error) {
	for at := 0; ; {
		end := min(at+size, len(input))
		skippable, last := p.Skippable()
		var done bool
		if n := min(int64(end-at), skippable); n > 0 {
			done = p.Skip(n)
			if at += int(n); done && (!last || n != skippable) {
				return read{}, 0, http1.ErrMalformed
			}
		} else {
			n, ended, err := p.Feed([]byte(input[at:end]))
			if err != nil {
				return read{}, 0, err
			}
			at, done = at+n, ended
		}
		if done || at == len(input) {
			err := p.End()
			return read{Status: p.Status(), Reusable: p.Reusable(), Rest: input[at:]}, p.Size(), err
		}
	}
}

// Bytes that are skipped count like those that the parser sees.
func TestSkippedBytesCount(t *testing.T) {
	for input, want := range map[string]int64{
		"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789HTTP/1.1 500 Next":                                 10,
		"HTTP/1.1 200 OK\r\n\r\n0123456789 to the end":                                                             21,
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nb\r\n, and more!\r\n0\r\n\r\nHTTP/1.1": 16,
		"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1":                                                     0,
	} {
		for size := 1; size <= len(input); size++ {
			whole, err := feed(&http1.Parser{}, input, size)
			if err != nil {
				t.Fatal(err)
			}
			got, bytes, err := skipThrough(&http1.Parser{}, input, size)
			if err != nil || bytes != want || got.Status != whole.Status || got.Reusable != whole.Reusable || got.Rest != whole.Rest {
				t.Errorf("%q in pieces of %d: %d bytes and %+v, want %d and %+v: %v", input, size, bytes, got, want, whole, err)
			}
		}
	}
}

func TestNothingIsSkippableThatIsKeptOrMustBeSeen(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\n"
	for begin, want := range map[string]int64{
		"":                                      0,
		head + "Content-Le":                     0,
		head + "Content-Length: 9\r\n\r\nhello": 4,
		head + "\r\nhello":                      math.MaxInt64,
		head + "Transfer-Encoding: chunked\r\n\r\n":                    0,
		head + "Transfer-Encoding: chunked\r\n\r\n9\r\nhello":          4,
		head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello":          0,
		head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n": 0,
		head + "Content-Length: 5\r\n\r\nhello":                        0,
	} {
		for _, keeps := range []bool{false, true} {
			p := &http1.Parser{}
			if keeps {
				p.KeepBelow, want = 1000, 0
			}
			if _, _, err := p.Feed([]byte(begin)); err != nil {
				t.Fatal(err)
			}
			if got, _ := p.Skippable(); got != want {
				t.Errorf("after %q %d bytes are skippable, want %d; kept: %v", begin, got, want, keeps)
			}
		}
	}
}
