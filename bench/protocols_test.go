package bench_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"sweetspot/bench"
	"sweetspot/results"
	"sweetspot/strategies"
)

func TestStrategiesWhoseProtocolTheServerDoesNotSpeakAreLeftOut(t *testing.T) {
	requests := 0
	handler := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Method != "PRI" { // which the preface of HTTP/2 looks like
			requests++
		}
	})
	plain, secure := httptest.NewServer(handler), httptest.NewTLSServer(handler)
	defer plain.Close()
	defer secure.Close()
	over2, err := strategies.Get("http2")
	if err != nil {
		t.Fatal(err)
	}
	over1, err := strategies.Get("sequential")
	if err != nil {
		t.Fatal(err)
	}
	for url, why := range map[string]string{plain.URL: "the server answers in HTTP/1.1", secure.URL: "no agreement by ALPN"} {
		load := bench.Load{URLs: bench.List{url}, Requests: 3, Insecure: true, Timeout: 5 * time.Second}
		found, err := bench.Comparison{Strategies: []strategies.Strategy{over2, over1}, Limit: 1, Repeats: 1}.Run(t.Context(), load, bench.Observer{})
		if err != nil || len(found.Strategies) != 1 {
			t.Errorf("%d strategies, %v, want one", len(found.Strategies), err)
		}
		var words []string
		for _, w := range found.Warnings {
			if w.Code == results.LeftOut {
				words = append(words, w.Text)
			}
		}
		if all := strings.Join(words, "; "); len(words) != 1 || !strings.Contains(all, "left out: http2: it speaks HTTP/2, and the server does not") || !strings.Contains(all, why) {
			t.Errorf("warnings %q, want one that says %q", words, why)
		}
		if _, err := (bench.Comparison{Strategies: []strategies.Strategy{over2}, Limit: 1, Repeats: 1}).Run(t.Context(), load, bench.Observer{}); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("got %v, want an error of one line", err)
		}
	}
	if requests != 6 {
		t.Errorf("the servers got %d requests, want those of the strategy over HTTP/1.1", requests)
	}
}
