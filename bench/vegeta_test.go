package bench_test

import (
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"sweetspot/bench"
	"sweetspot/bench/arrivals"
	"sweetspot/strategies"
)

// stalling is a server that takes usual for each request, and stands still for a second, half a second after its first request.
func stalling(t *testing.T, usual time.Duration) string {
	var first sync.Once
	var began time.Time
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		first.Do(func() { began = time.Now() })
		if at := time.Since(began); at > 500*time.Millisecond && at < 1500*time.Millisecond {
			time.Sleep(1500*time.Millisecond - at)
		}
		time.Sleep(usual)
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

// An independent load generator, which starts its requests on time too, measures the same response times. The machine may disturb
// one of the two, so they have a few attempts; if it disturbs all of them, nothing is said.
func TestOpenLoopAgreesWithVegeta(t *testing.T) {
	const (
		attempts = 6
		rate     = 50
		n        = 150
		usual    = 200 * time.Millisecond
	)
	var differences []string
	undisturbed := false
	for range attempts {
		var ours, theirs [3]float64 // p50, p99 and max, in seconds
		own, other := stalling(t, usual), stalling(t, usual)
		var both sync.WaitGroup
		both.Go(func() { ours = ourResponses(t, own, rate, n) })
		both.Go(func() { theirs = vegetaResponses(other, rate, n) })
		both.Wait()
		agree := true
		for i := range ours {
			agree = agree && math.Abs(ours[i]/theirs[i]-1) < 0.05
		}
		if agree {
			return
		}
		undisturbed = undisturbed || max(ours[0], theirs[0]) < 1.1*usual.Seconds()
		differences = append(differences, fmt.Sprintf("%.4g and vegeta %.4g", ours, theirs))
	}
	if !undisturbed {
		t.Skipf("the machine is too busy to answer in time: p50, p99 and max: %q", differences)
	}
	t.Errorf("p50, p99 and max: %q: want them within 5%% of one another at least once", differences)
}

// ourResponses returns p50, p99 and the largest response time of n constant arrivals.
func ourResponses(t *testing.T, url string, rate float64, n int64) [3]float64 {
	pool, err := strategies.Get("pool")
	if err != nil {
		t.Error(err)
		return [3]float64{}
	}
	var k kept
	plan := bench.Comparison{Strategies: []strategies.Strategy{pool}, Limit: int(n), Repeats: 1}
	load := bench.Load{URLs: bench.List{url}, Requests: n, Rate: rate, Arrivals: arrivals.Constant}
	if _, err := plan.Run(t.Context(), load, k.observer()); err != nil || len(k.trials) != 1 || k.trials[0].Succeeded != n {
		t.Errorf("%v, trials %+v", err, k.trials)
		return [3]float64{}
	}
	r := k.trials[0].Response
	return [3]float64{r.P50, r.P99, r.Max}
}

func vegetaResponses(url string, rate, n int) [3]float64 {
	var m vegeta.Metrics
	attacker := vegeta.NewAttacker(vegeta.Workers(uint64(n)), vegeta.Connections(n))
	during := time.Duration(n) * time.Second / time.Duration(rate)
	for result := range attacker.Attack(vegeta.NewStaticTargeter(vegeta.Target{Method: http.MethodGet, URL: url}), vegeta.ConstantPacer{Freq: rate, Per: time.Second}, during, "") {
		m.Add(result)
	}
	m.Close()
	return [3]float64{m.Latencies.P50.Seconds(), m.Latencies.P99.Seconds(), m.Latencies.Max.Seconds()}
}
