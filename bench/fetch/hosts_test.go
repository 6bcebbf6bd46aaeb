package fetch_test

import (
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sweetspot/bench/fetch"
	"sweetspot/bench/fetch/limit"
	"sweetspot/strategies"
)

var (
	hostsURLs = flag.Int("hosts-urls", 1200, "request this many URLs of the three hosts that are hard to get along with")
	hostsRate = flag.Int("hosts-rate", 200, "let one of them refuse what is above this many requests per second")
)

// A limited handler refuses with Retry-After what is above a rate in a second, and counts the requests that come although it has said
// when.
type limited struct {
	mu              sync.Mutex
	second          int64
	count           int
	until           time.Time
	answered, early int
	refused         int
}

// inFlight is how long a request may have been under way when the answer that says when reached the client.
const inFlight = 300 * time.Millisecond

func (l *limited) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if said := l.until.Add(-time.Second + inFlight); now.After(said) && now.Before(l.until) {
		l.early++
	}
	if now.Unix() != l.second {
		l.second, l.count = now.Unix(), 0
	}
	if l.count++; l.count > *hostsRate {
		l.refused++
		if now.After(l.until) {
			l.until = now.Add(time.Second)
		}
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
		return
	}
	l.answered++
	fmt.Fprint(w, "here")
}

// flaky resets 5% of the connections and answers 2% with 503.
type flaky struct{ asked, answered atomic.Int64 }

func (f *flaky) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	switch n := f.asked.Add(1); {
	case n%20 == 0:
		panic(http.ErrAbortHandler)
	case n%50 == 1:
		w.WriteHeader(http.StatusServiceUnavailable)
	default:
		f.answered.Add(1)
		fmt.Fprint(w, "here")
	}
}

// One host refuses what is above a rate, one resets connections and is unavailable at times, and one speaks TLS: every index once,
// none lost, and the hosts have counted the same.
func TestHostsThatAreHardToGetAlongWith(t *testing.T) {
	var slow limited
	var bad flaky
	var safe atomic.Int64
	limitedHost := httptest.NewServer(&slow)
	defer limitedHost.Close()
	flakyHost := httptest.NewServer(&bad)
	defer flakyHost.Close()
	secureHost := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		safe.Add(1)
		fmt.Fprint(w, "here")
	}))
	defer secureHost.Close()
	var text strings.Builder
	for i := range *hostsURLs {
		fmt.Fprintf(&text, "%s/%d\n", []string{limitedHost.URL, flakyHost.URL, secureHost.URL}[i%3], i)
	}
	path := filepath.Join(t.TempDir(), "out.jsonl")
	sum, err := run(t, t.Context(), list(t, text.String()), path, fetch.StoreOptions{}, fetch.Settings{
		Strategy: strategy(t, "eventloop"), Limiter: limit.Fixed(60), Retries: 10, Target: strategies.Target{Insecure: true, Timeout: time.Minute},
	})
	if err != nil || sum.Succeeded != int64(*hostsURLs) {
		t.Fatalf("%+v, %v: want a success for each of %d", sum, err, *hostsURLs)
	}
	for i, l := range lines(t, path, int64(*hostsURLs)) {
		if l.Text != "here" || !strings.HasSuffix(l.URL, fmt.Sprint("/", i)) {
			t.Fatalf("line %d is %+v", i, l)
		}
	}
	for i, answered := range []int64{int64(slow.answered), bad.answered.Load(), safe.Load()} {
		if want := (*hostsURLs + 2 - i) / 3; answered != int64(want) {
			t.Errorf("host %d has answered %d, want %d", i, answered, want)
		}
	}
	if requests := int64(slow.answered+slow.refused) + bad.asked.Load() + safe.Load(); requests != sum.Requests {
		t.Errorf("%d requests, and the hosts have counted %d", sum.Requests, requests)
	}
	t.Logf("%d URLs in %v, %d requests: the limited host has refused %d, and %d came early", *hostsURLs, sum.Elapsed, sum.Requests, slow.refused, slow.early)
	if *hostsURLs > 10_000 && slow.early > 0 { // on a busy machine a request may be under way for long
		t.Errorf("%d requests came after the host had said when", slow.early)
	}
}
