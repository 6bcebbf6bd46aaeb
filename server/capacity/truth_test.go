package capacity_test

import (
	"math"
	"testing"
	"time"

	"gonum.org/v1/gonum/mat"

	"sweetspot/server/capacity"
)

const ms = time.Millisecond

var (
	quadratic = capacity.USL{PerSecond: 20, Kappa: 1.0 / 3600}
	article   = capacity.USL{PerSecond: 1090, Sigma: 0.4, Kappa: 0.00025}
	pool      = capacity.Workers{N: 32, Service: 10 * ms}
	humps     = capacity.Curve{{1, 90}, {10, 850}, {40, 560}, {70, 600}, {126, 995}, {256, 700}, {512, 300}}
	cliff     = capacity.Cliff{Workers: pool, At: 80, Factor: 0.4}
)

func near(got, want, tolerance float64) bool { return math.Abs(got-want) <= tolerance*math.Abs(want) }

func TestRateOfEveryModel(t *testing.T) {
	for _, c := range []struct {
		name string
		m    capacity.Model
		n    int
		want float64
	}{
		{"usl: one request is served at the rate", article, 1, 1090},
		{"usl: 20x60/(1+60x59/3600)", quadratic, 60, 605.0420168067227},
		{"workers: the rate rises with the number", pool, 8, 800},
		{"workers: the rate is constant when all of them are busy", pool, 4000, 3200},
		{"cliff: the full rate at the edge", cliff, 80, 3200},
		{"cliff: the reduced rate beyond the edge", cliff, 81, 1280},
		{"curve: at a point", humps, 126, 995},
		{"curve: linear between points", humps, 55, 580},
		{"curve: constant after its points", humps, 9999, 300},
		{"curve: constant before its points", capacity.Curve{{10, 50}, {20, 90}}, 1, 50},
		{"hump: 3000 / (1 + 1 + 1)", capacity.Hump{PerSecond: 3000, N: 50, S: 1, P: 0.4}, 50, 1000},
		{"hump: 3000 / (1/4 + 1 + 4^0.4)", capacity.Hump{PerSecond: 3000, N: 50, S: 1, P: 0.4}, 200, 3000 / (1.25 + math.Pow(4, 0.4))},
		{"shaper: one rate", capacity.Shaper{PerSecond: 500}, 77, 500},
		{"none: an infinite rate", capacity.None{}, 1, math.Inf(1)},
	} {
		if got := c.m.Rate(c.n); got != c.want && !near(got, c.want, 1e-12) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

// The expected values are sum pi(n) mu(n) with pi(n) ~ Z^(N-n)/(N-n)! prod 1/mu(k), computed by another program and
// correct to all digits shown.
func TestThroughputIsTheProductForm(t *testing.T) {
	for _, c := range []struct {
		m       capacity.Model
		callers int
		delay   time.Duration
		want    float64
	}{
		{quadratic, 60, 0, 605.042017},
		{quadratic, 2, 10 * ms, 33.320478},
		{quadratic, 60, 10 * ms, 600.980643},
		{quadratic, 512, 10 * ms, 139.358185},
		{quadratic, 100, 100 * ms, 567.153104},
		{article, 1, 5 * ms, 168.992248},
		{article, 60, 5 * ms, 2568.700592},
		{article, 1000, 5 * ms, 1681.443630},
		{article, 4000, 5 * ms, 779.169157},
		{article, 10000, 5 * ms, 375.947625},
		{pool, 60, 20 * ms, 1999.972804},
		{pool, 100, 20 * ms, 3126.086745},
		{pool, 10000, 20 * ms, 3200},
		{quadratic, 10000, 100 * ms, 7.200979},
		// These have a service time of 0 below their rate: min(N/Z, rate).
		{capacity.None{}, 512, 100 * ms, 5120},
		{capacity.Shaper{PerSecond: 500}, 39, 80 * ms, 487.5},
		{capacity.Shaper{PerSecond: 500}, 40, 80 * ms, 500},
		{capacity.Reject{PerSecond: 500}, 10000, 80 * ms, 500},
		{capacity.Reject{PerSecond: 500}, 10, 80 * ms, 125},
		{capacity.Reject{PerSecond: 500}, 1, 0, 500},
	} {
		if got := capacity.Throughput(c.m, c.callers, c.delay); !near(got, c.want, 1e-7) {
			t.Errorf("%v, %d callers, delay %v: got %v, want %v", c.m, c.callers, c.delay, got, c.want)
		}
	}
}

func TestThroughputSolvesTheBalanceEquations(t *testing.T) {
	for _, m := range []capacity.Model{quadratic, article, pool, humps, cliff, capacity.Workers{N: 2, Service: 7 * ms}} {
		for _, delay := range []time.Duration{time.Microsecond, 5 * ms, 300 * ms} {
			for callers := 1; callers <= 12; callers++ {
				got, want := capacity.Throughput(m, callers, delay), balanced(t, m, callers, delay)
				if !near(got, want, 1e-9) {
					t.Errorf("%v, %d callers, delay %v: got %v, want %v", m, callers, delay, got, want)
				}
			}
		}
	}
}

// balanced solves the global balance equations of the Markov chain with exponential delays and work. In state n, n
// requests are inside; mu(n) of them leave per second and (N-n)/Z enter. For each state the flow in equals the flow out.
// One equation is redundant; the sum of the probabilities, which is 1, replaces it.
func balanced(t *testing.T, m capacity.Model, callers int, delay time.Duration) float64 {
	states := callers + 1
	flows := mat.NewDense(states, states, nil)
	flow := func(from, to int, rate float64) {
		flows.Set(to, from, flows.At(to, from)+rate)
		flows.Set(from, from, flows.At(from, from)-rate)
	}
	for n := range callers {
		flow(n, n+1, float64(callers-n)/delay.Seconds())
		flow(n+1, n, m.Rate(n+1))
	}
	right := mat.NewVecDense(states, nil)
	right.SetVec(0, 1)
	for n := range states {
		flows.Set(0, n, 1)
	}
	var probabilities mat.VecDense
	if err := probabilities.SolveVec(flows, right); err != nil {
		if _, illConditioned := err.(mat.Condition); !illConditioned { // as rates of very different size are, with a short delay
			t.Fatal(err)
		}
	}
	sum := 0.0
	for n := 1; n < states; n++ {
		sum += probabilities.AtVec(n) * m.Rate(n)
	}
	return sum
}

func TestTruthPeakAndSmallest(t *testing.T) {
	for _, c := range []struct {
		name                string
		m                   capacity.Model
		delay               time.Duration
		peak, n95, n97, n99 int
		perSecond           float64
	}{
		{"quadratic", quadratic, 0, 60, 44, 47, 53, 605.0420168},
		{"quadratic with a delay", quadratic, 10 * ms, 66, 50, 53, 59, 604.5192672},
		{"flat-topped", capacity.USL{PerSecond: 100, Sigma: 0.33, Kappa: 0.67 / 3600}, 0, 60, 18, 24, 35, 283.9721391},
		{"more is worse", capacity.USL{PerSecond: 100, Sigma: 1, Kappa: 0.001}, 0, 1, 1, 1, 1, 100},
		{"article", article, 5 * ms, 62, 27, 32, 41, 2568.8622358},
		{"shaper", capacity.Shaper{PerSecond: 500}, 80 * ms, 40, 38, 39, 40, 500},
		{"rejecting", capacity.Reject{PerSecond: 500}, 80 * ms, 40, 38, 39, 40, 500},
		{"cliff", cliff, 0, 32, 31, 32, 32, 3200},
		{"humps", humps, 0, 126, 119, 122, 125, 995},
	} {
		truth := capacity.Closed(c.m, 1024, c.delay)
		if peak := truth.Peak(); peak.N != c.peak || !near(peak.PerSecond, c.perSecond, 1e-9) {
			t.Errorf("%s: got peak %v, want %v at %d", c.name, peak, c.perSecond, c.peak)
		}
		got := [3]int{truth.Smallest(0.95), truth.Smallest(0.97), truth.Smallest(0.99)}
		if want := [3]int{c.n95, c.n97, c.n99}; got != want {
			t.Errorf("%s: smallest limits for 95, 97 and 99%%: got %v, want %v", c.name, got, want)
		}
	}
	truth := capacity.Closed(pool, 1024, 20*ms)
	if got := [2]int{truth.Smallest(0.95), truth.Smallest(0.99)}; got != [2]int{95, 105} {
		t.Errorf("pool with a delay: got %v, want 95 and 105", got)
	}
}

func TestClosedIsThroughputAtEveryLimit(t *testing.T) {
	for _, m := range []capacity.Model{article, pool, humps, capacity.Shaper{PerSecond: 500}} {
		truth := capacity.Closed(m, 10_000, 20*ms)
		for _, n := range []int{1, 2, 60, 1000, 9999, 10_000} {
			if got, want := truth[n-1], capacity.Throughput(m, n, 20*ms); !near(got, want, 1e-9) {
				t.Errorf("%v at %d: got %v, want %v", m, n, got, want)
			}
		}
	}
}

func TestClosedNeverExceedsTheRateOfTheCallers(t *testing.T) {
	for _, m := range []capacity.Model{quadratic, article, pool, humps, cliff} {
		for i, x := range capacity.Closed(m, 600, 20*ms) {
			if n := i + 1; !(x > 0) || x > float64(n)/0.020 {
				t.Fatalf("%v at %d: got %v, want at most %v", m, n, x, float64(n)/0.020)
			}
		}
	}
}

func BenchmarkClosed(b *testing.B) {
	for b.Loop() {
		capacity.Closed(article, 10_000, 5*ms)
	}
}
