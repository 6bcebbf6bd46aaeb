package server_test

import (
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/quic-go/quic-go"
	"golang.org/x/net/http2"

	"sweetspot/server"
)

func TestParseFailuresReadsEveryShare(t *testing.T) {
	const spec = "reset=1%,status500=2%,status429=7%,hang=0.1%,truncate=1%,slow=1%:2s"
	want := server.Failures{Reset: 0.01, Status500: 0.02, Status429: 0.07, Hang: 0.001, Truncate: 0.01, Slow: 0.01, SlowBy: 2 * time.Second}
	got, err := server.ParseFailures(spec)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	if got.String() != spec {
		t.Errorf("String: got %q, want %q", got, spec)
	}
	if none, err := server.ParseFailures(""); err != nil || none != (server.Failures{}) {
		t.Errorf("the empty spec: got %v, %v", none, err)
	}
}

func TestParseFailuresErrorNamesTheShareAndShowsAValidSpec(t *testing.T) {
	for spec, want := range map[string]string{
		"reset":                    `reset "": want a share`,
		"reset=1":                  `reset "1": want a share`,
		"reset=1%:2s":              `reset "1%:2s": want a share`,
		"reset=-1%":                "reset -1%: want a share from 0% to 100%",
		"reset=NaN%":               "reset NaN%: want",
		"reset=60%,hang=60%":       "add up to 120%",
		"reset=1%,reset=1%":        "reset is given twice",
		"rest=1%":                  `unknown failure "rest"`,
		"slow=1%":                  `slow "1%": want a share`,
		"slow=1%:2":                "want a duration after the colon",
		"slow=1%:0s":               "want a duration above 0",
		"hang=x%,slow=1%:y,oops=3": `hang "x%": want a share such as 1% (for slow: 1%:2s); slow "1%:y": want a duration after the colon, such as 2s; unknown failure "oops"`,
	} {
		_, err := server.ParseFailures(spec)
		if err == nil {
			t.Errorf("%q: got no error", spec)
			continue
		}
		if got := err.Error(); !strings.Contains(got, want) || strings.Contains(got, "\n") || !strings.Contains(got, "as in reset=1%,") {
			t.Errorf("%q:\ngot  %s\nwant one line with %q and a valid spec", spec, got, want)
		}
	}
}

func TestParseFailuresReadsWhatStringPrints(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	share := func() float64 { return float64(random.IntN(1000)) / 6000 }
	for range 2000 {
		f := server.Failures{Reset: share(), Status500: share(), Hang: share(), Truncate: share(), Slow: share(), SlowBy: time.Duration(1 + random.IntN(1e9))}
		text := f.String()
		again, err := server.ParseFailures(text)
		if err != nil || again.String() != text {
			t.Fatalf("%q is read as %q, %v", text, again, err)
		}
	}
}

func FuzzParseFailures(f *testing.F) {
	f.Add("reset=1%,status500=2%,status429=1%,hang=0.1%,truncate=1%,slow=1%:2s")
	f.Add("slow=0x1p-2%:-1h,=%")
	f.Fuzz(func(t *testing.T, spec string) {
		failures, err := server.ParseFailures(spec)
		if err != nil {
			return
		}
		again, err := server.ParseFailures(failures.String())
		if err != nil || again.String() != failures.String() {
			t.Errorf("%q is printed as %q, which is read as %q, %v", spec, failures, again, err)
		}
	})
}

// The client sees each kind of failure as documented, and Stats count it, whatever the protocol.
func TestFailuresReachTheClientAndTheStats(t *testing.T) {
	const size = 1000
	whole := func(want int) func(int, []byte, error) bool {
		return func(status int, _ []byte, err error) bool { return status == want && err == nil }
	}
	for _, c := range []struct {
		name       string
		fail       server.Failures
		check      func(status int, body []byte, err error) bool
		status     map[int]int64
		unanswered map[string]int64
	}{
		{"a reset connection", server.Failures{Reset: 1}, func(_ int, _ []byte, err error) bool { return isReset(err) },
			map[int]int64{}, map[string]int64{"reset": 1}},
		{"a truncated body", server.Failures{Truncate: 1}, func(status int, body []byte, err error) bool {
			return status == 200 && len(body) == size/2 && errors.Is(err, io.ErrUnexpectedEOF)
		}, map[int]int64{}, map[string]int64{"truncate": 1}},
		{"a 500 answer", server.Failures{Status500: 1}, whole(500), map[int]int64{500: 1}, nil},
		{"a 429 answer", server.Failures{Status429: 1}, whole(429), map[int]int64{429: 1}, nil},
		{"a slow answer", server.Failures{Slow: 1, SlowBy: time.Millisecond}, whole(200), map[int]int64{200: 1}, nil},
	} {
		for _, p := range protocols {
			t.Run(c.name+", "+p.name, func(t *testing.T) {
				srv := start(t, p.config(server.Config{Fail: c.fail, Body: size}))
				status, body, err := 0, []byte(nil), error(nil)
				response, err := p.client(t).Post(p.url(srv), "", nil) // net/http does not retry a POST by itself
				if err == nil {
					status = response.StatusCode
					body, err = io.ReadAll(response.Body)
					response.Body.Close()
				}
				if !c.check(status, body, err) {
					t.Errorf("got status %d, %d bytes, %v", status, len(body), err)
				}
				want := server.Stats{
					Requests: 1, PeakInFlight: 1, Connections: 1, Streams: 1, Protocols: map[string]int64{p.http: 1},
					Status: c.status, Unanswered: c.unanswered,
				}
				if diff := cmp.Diff(want, srv.Stats(), timeless); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

// isReset reports whether the server has reset the connection, or the stream.
func isReset(err error) bool {
	var stream http2.StreamError
	var stream3 *quic.StreamError
	return errors.Is(err, syscall.ECONNRESET) || errors.As(err, &stream3) && stream3.Remote || errors.As(err, &stream) && stream.Code == http2.ErrCodeInternal
}

func TestSeedDecidesWhichRequestsFail(t *testing.T) {
	statuses := func(seed uint64) []int {
		srv := start(t, server.Config{Seed: seed, Fail: server.Failures{Status500: 0.3, Status429: 0.2}})
		client := newClient(t)
		var got []int
		for range 300 {
			response, _ := get(t, client, srv.URL())
			got = append(got, response.StatusCode)
		}
		return got
	}
	first := statuses(7)
	if diff := cmp.Diff(first, statuses(7)); diff != "" {
		t.Error(diff)
	}
	if cmp.Equal(first, statuses(8)) {
		t.Error("another seed fails the same requests")
	}
	failed := 0
	for _, status := range first {
		if status != 200 {
			failed++
		}
	}
	if failed < 120 || failed > 180 { // half of 300, plus or minus 3.5 standard deviations
		t.Errorf("got %d of 300 failed, want about 150", failed)
	}
}
