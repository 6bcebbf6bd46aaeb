package bench_test

import (
	"context"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
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

// newH2 starts a server of HTTP/2 with prior knowledge that allows that many streams on a connection.
func newH2(t *testing.T, streams int, handle http.HandlerFunc) (url string) {
	srv := httptest.NewUnstartedServer(handle)
	srv.Config.Protocols = new(http.Protocols)
	srv.Config.Protocols.SetUnencryptedHTTP2(true)
	srv.Config.HTTP2 = &http.HTTP2Config{MaxConcurrentStreams: streams}
	srv.Start()
	t.Cleanup(srv.Close)
	return srv.URL
}

func http2(t *testing.T) []strategies.Strategy {
	s, err := strategies.Get("http2")
	if err != nil {
		t.Fatal(err)
	}
	return []strategies.Strategy{s}
}

// multiplexed is a simulated strategy over HTTP/2: each connection has a goodput of 500/s at most, and the server one of 1,800/s.
type multiplexed struct{ simulated }

func (multiplexed) Protocol() strategies.Protocol { return strategies.HTTP2 }

func (m multiplexed) Open(_ context.Context, target strategies.Target, _ int) (strategies.Session, error) {
	m.curve = func(limit int) float64 {
		return min(100*float64(limit), 500*float64(strategies.HTTP2.Connections(limit, target.Streams)), 1800)
	}
	return m.simulated, nil
}

func TestSweepFindsAnOptimumForEachNumberOfStreams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plan := bench.Sweep{
			Strategies: []strategies.Strategy{multiplexed{simulated{name: "over2"}}, simulated{name: "over1", curve: func(limit int) float64 { return 10 * float64(limit) }}},
			Streams:    []int{0, 5}, Min: 1, Max: 64, Share: 0.97, Budget: 10 * time.Minute, Repeats: 1, Seed: 1,
		}
		var all kept
		load := bench.Load{URLs: bench.List{"http://127.0.0.1:1/"}, Duration: time.Second, Warmup: bench.Automatic}
		found, err := plan.Run(t.Context(), load, all.observer())
		if err != nil || len(found.Optima) != 3 {
			t.Fatalf("%d optima, %v, want two of the strategy over HTTP/2 and one of the other", len(found.Optima), err)
		}
		for _, o := range found.Optima {
			if o.Strategy == "over1" {
				continue
			}
			truth := map[int]int{0: 5, 5: 18}[o.Streams]
			if !(o.Low < truth && truth <= o.High) {
				t.Errorf("with %d streams: in (%d, %d], want %d", o.Streams, o.Low, o.High, truth)
			}
			i := slices.IndexFunc(o.Warnings, func(w results.Warning) bool { return w.Code == results.BoundByConnection })
			if (i >= 0) != (o.Streams == 0) || i >= 0 && math.Abs(o.Warnings[i].Numbers["gain"]-1) > 1 {
				t.Errorf("with %d streams: warnings %v, want that one connection is the bottleneck where there is one", o.Streams, o.Warnings)
			}
		}
		for _, trial := range all.trials {
			if trial.Strategy == "over1" && trial.Streams != 0 {
				t.Errorf("a trial of HTTP/1.1 has %d streams", trial.Streams)
			}
		}
	})
}

func TestTrialSaysThatTheServerAllowsFewerStreams(t *testing.T) {
	url := newH2(t, 3, func(http.ResponseWriter, *http.Request) { time.Sleep(time.Millisecond) })
	found, err := bench.Comparison{Strategies: http2(t), Limit: 10, Repeats: 1}.
		Run(t.Context(), bench.Load{URLs: bench.List{url}, Requests: 100}, bench.Observer{})
	if err != nil {
		t.Fatal(err)
	}
	warnings := found.Strategies[0].Warnings
	if i := slices.IndexFunc(warnings, func(w results.Warning) bool { return w.Code == results.StreamsBound }); i < 0 || warnings[i].Numbers["streams"] != 3 || warnings[i].Numbers["connections"] != 4 {
		t.Errorf("warnings %v, want that 3 streams made 4 connections", warnings)
	}
}

func TestTrialSaysThatTheServerSawAnotherProtocol(t *testing.T) {
	url := newH2(t, 100, func(http.ResponseWriter, *http.Request) {})
	witness := func() (bench.ServerCounts, error) {
		return bench.ServerCounts{Requests: 10, PeakInFlight: 1, Over: [strategies.ProtocolCount]int64{strategies.HTTP1: 4, strategies.HTTP2: 6}}, nil
	}
	found, err := bench.Comparison{Strategies: http2(t), Limit: 1, Repeats: 1}.
		Run(t.Context(), bench.Load{URLs: bench.List{url}, Requests: 10}, bench.Observer{Witness: witness})
	if err != nil {
		t.Fatal(err)
	}
	warnings := found.Strategies[0].Warnings
	if i := slices.IndexFunc(warnings, func(w results.Warning) bool { return w.Code == results.OtherProtocol }); i < 0 || warnings[i].Numbers["requests"] != 4 {
		t.Errorf("warnings %v, want that 4 requests were made in HTTP/1.1", warnings)
	}
}
