package http1_test

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sweetspot/strategies/http1"
)

// FuzzParserAgainstNetHTTP compares the parser with net/http's. It must read the same from what net/http accepts, byte for
// byte and in pieces of any size, and refuse what net/http refuses, except for the differences in the package's documentation.
func FuzzParserAgainstNetHTTP(f *testing.F) {
	for _, seed := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 200 OK\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nA: b\r\n\r\n",
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200 OK\r\nConnection: keep-alive\r\nSet-Cookie: a=b\r\n\r\nhello",
		"HTTP/1.1 304 Not Modified\nConnection: close\nContent-Length: 05\n\n",
		"HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length : 3\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
	} {
		f.Add([]byte(seed), byte(1), false)
		f.Add([]byte(seed), byte(200), true)
	}
	f.Fuzz(func(t *testing.T, data []byte, size byte, head bool) {
		input := string(data)
		want, refused := reference(input, head)
		p := &http1.Parser{KeepBelow: 1000}
		p.Reset(head)
		got, err := feed(p, input, int(size)+1)
		skipping := &http1.Parser{}
		skipping.Reset(head)
		skipped, bytes, skipErr := skipThrough(skipping, input, int(size)+1)
		if (err == nil) != (skipErr == nil) || err == nil && (skipped.Rest != got.Rest || skipped.Reusable != got.Reusable || bytes != int64(len(got.Body))) {
			t.Fatalf("skipped: %d bytes, %+v, %v, want %+v, %v", bytes, skipped, skipErr, got, err)
		}
		switch {
		case refused == nil && (want.Status == http.StatusSwitchingProtocols || want.Status < 100):
			if err == nil {
				t.Fatalf("read as %+v, want it refused", got)
			}
		case refused == nil && err != nil:
			t.Fatalf("refused with %v, want %+v", err, want)
		case refused == nil:
			if twoLengths(input) {
				want.Reusable = got.Reusable
			}
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("response (-net/http +ours):\n%s", diff)
			}
		case err == nil && !known(refused, input):
			t.Fatalf("read as %+v, but net/http says: %v", got, refused)
		}
	})
}

// twoLengths reports whether the input may have both Content-Length and chunks.
func twoLengths(input string) bool {
	lower := strings.ToLower(input)
	return strings.Contains(lower, "content-length") && strings.Contains(lower, "chunked")
}

// known reports whether net/http's error is one of the documented differences.
func known(refused error, input string) bool {
	for _, text := range []string{"suspiciously long trailer", "bad trailer key"} {
		if strings.Contains(refused.Error(), text) {
			return true
		}
	}
	return strings.Contains(refused.Error(), "reading trailer") && strings.HasSuffix(input, "\r\n\n")
}

// reference returns what net/http reads.
func reference(input string, head bool) (read, error) {
	request := &http.Request{Method: http.MethodGet}
	if head {
		request.Method = http.MethodHead
	}
	source := strings.NewReader(input)
	reader := bufio.NewReader(source)
	for {
		response, err := http.ReadResponse(reader, request)
		if err != nil {
			return read{}, err
		}
		if s := response.StatusCode; s/100 == 1 && s != http.StatusSwitchingProtocols {
			continue
		}
		body, err := io.ReadAll(response.Body)
		if err != nil {
			return read{}, err
		}
		rest, err := io.ReadAll(reader)
		return read{response.StatusCode, string(body), response.Header["Set-Cookie"], !response.Close, string(rest)}, err
	}
}
