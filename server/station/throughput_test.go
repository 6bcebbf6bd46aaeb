package station_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"sweetspot/server/capacity"
	"sweetspot/server/station"
)

// closedSystem is a station in simulated time with a fixed number of callers: each begins a new visit as soon as its last
// one has ended.
type closedSystem struct {
	station *station.Station
	delay   func() float64
	work    func() float64
	ended   []*station.Visit // visits that have ended now and are to begin again
	served  int
}

func newClosed(m capacity.Model, callers int, delay, work func() float64) *closedSystem {
	return newClosedOf(station.New(m), callers, delay, work)
}

func newClosedOf(s *station.Station, callers int, delay, work func() float64) *closedSystem {
	c := &closedSystem{station: s, delay: delay, work: work}
	for range callers {
		v := new(station.Visit)
		v.Done = func(_ float64, result station.Result) {
			c.ended = append(c.ended, v)
			if result == station.Served {
				c.served++
			}
		}
		c.station.Enter(0, v, delay(), work())
	}
	return c
}

// run continues until that many more requests have been served, and returns the simulated time of the end, in seconds.
func (c *closedSystem) run(requests int) (now float64) {
	for target := c.served + requests; c.served < target; {
		now = c.station.Next()
		c.station.Advance(now)
		for len(c.ended) > 0 {
			last := len(c.ended) - 1
			v := c.ended[last]
			c.ended = c.ended[:last]
			c.station.Enter(now, v, c.delay(), c.work())
		}
	}
	return now
}

// Five limits per model: below, near, at, above and far above its optimum. At each of them a million requests in
// simulated time are completed at the rate of the product form, within 0.5%: five standard deviations.
func TestStationThroughputIsThatOfTheProductForm(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		spec   string
		delay  time.Duration
		limits [5]int
	}{
		{"usl:rate=20,sigma=0,kappa=0.000278", 10 * ms, [5]int{8, 53, 66, 80, 300}},
		{"usl:rate=1090,sigma=0.4,kappa=0.00025", 5 * ms, [5]int{4, 32, 62, 100, 400}},
		{"usl:rate=100,sigma=1,kappa=0.001", 0, [5]int{1, 2, 4, 16, 64}},
		{"workers:n=32,service=10ms", 20 * ms, [5]int{16, 80, 95, 105, 300}},
		{"cliff:n=32,service=10ms,at=80,factor=0.4", 1 * ms, [5]int{8, 32, 60, 90, 200}},
		{"curve:1=90,10=850,40=560,70=600,126=995,256=700,512=300", 2 * ms, [5]int{10, 40, 100, 126, 300}},
		{"shaper:rate=500", 80 * ms, [5]int{8, 36, 40, 50, 200}},
		{"reject:rate=500", 80 * ms, [5]int{8, 36, 40, 50, 200}},
		{"none", 50 * ms, [5]int{1, 8, 40, 100, 300}},
	} {
		m, err := capacity.Parse(c.spec)
		if err != nil {
			t.Fatal(err)
		}
		for _, limit := range c.limits {
			t.Run(fmt.Sprintf("%s at %d", c.spec, limit), func(t *testing.T) {
				t.Parallel()
				random := rand.New(rand.NewPCG(uint64(limit), 3))
				delay := func() float64 { return c.delay.Seconds() }
				got := goodput(newClosed(m, limit, delay, random.ExpFloat64))
				check(t, got, capacity.Throughput(m, limit, c.delay))
			})
		}
	}
}

// The product form holds for every distribution of delay and work, provided that one of the two varies.
func TestStationThroughputDoesNotDependOnTheDistributions(t *testing.T) {
	constant := func() float64 { return 1 }
	m := capacity.USL{PerSecond: 1090, Sigma: 0.4, Kappa: 0.00025}
	for _, limit := range []int{4, 40, 200} {
		t.Run(fmt.Sprintf("constant work, delays of 0 to 10 ms, at %d", limit), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(uint64(limit), 4))
			delay := func() float64 { return random.Float64() * 0.010 }
			got := goodput(newClosed(m, limit, delay, constant))
			check(t, got, capacity.Throughput(m, limit, 5*time.Millisecond))
		})
	}
}

func check(t *testing.T, got, want float64) {
	t.Helper()
	tolerance := 0.005
	if testing.Short() || raceEnabled {
		tolerance = 0.02
	}
	if off := got/want - 1; off < -tolerance || off > tolerance {
		t.Errorf("got %.2f/s, want %.2f/s: off by %+.2f%%", got, want, 100*off)
	}
}

// goodput returns the completions per second over a million requests, after a warm-up of a tenth as many.
func goodput(c *closedSystem) float64 {
	requests := 1_000_000
	if testing.Short() || raceEnabled {
		requests = 50_000
	}
	start := c.run(requests / 10)
	end := c.run(requests)
	return float64(requests) / (end - start)
}

// A hundred thousand completions have a standard deviation of 0.3%.
func TestStationWarmsUpFromItsFirstVisit(t *testing.T) {
	const callers, rate, idle = 8, 5000.0, 100.0
	w := capacity.Warming{From: 0.3, Tau: 8 * time.Second}
	random := rand.New(rand.NewPCG(1, 5))
	s := station.NewChanging(capacity.Workers{N: callers, Service: time.Duration(callers / rate * float64(time.Second))}, w, capacity.Scar{})
	s.Advance(idle) // time without a visit does not warm it up
	c := newClosedOf(s, callers, func() float64 { return 0 }, random.ExpFloat64)
	requests := 0
	for _, seconds := range []float64{4, 8, 16} {
		more := int(rate*w.Worked(seconds)) - requests
		requests += more
		if got := c.run(more) - idle; got < 0.98*seconds || got > 1.02*seconds {
			t.Errorf("%d requests were served in %.2f s, want %v s", requests, got, seconds)
		}
	}
}

func TestStationIsScarredForGoodByTooManyInside(t *testing.T) {
	scar := capacity.Scar{At: 64, To: capacity.Workers{N: 1, Service: 10 * time.Millisecond}}
	s := station.NewChanging(capacity.Workers{N: 100, Service: 10 * time.Millisecond}, capacity.Warming{}, scar)
	random := rand.New(rand.NewPCG(1, 6))
	served := 0
	visit := func() {
		s.Enter(0, &station.Visit{Done: func(float64, station.Result) { served++ }}, 0, random.ExpFloat64())
	}
	for range 63 {
		visit()
	}
	if next := s.Next(); next > 0.01 { // the first of 63 at 100/s each
		t.Errorf("the first visit ends after %v s, want it before any harm", next)
	}
	visit()
	for s.Inside() > 0 {
		s.Advance(s.Next())
	}
	// 64 visits at 100/s for all, and no faster as they become fewer.
	if now := s.Next(); served != 64 || !math.IsInf(now, 1) {
		t.Fatalf("%d served", served)
	}
	c := newClosedOf(s, 8, func() float64 { return 0 }, random.ExpFloat64)
	start := c.run(1000)
	if got := 10_000 / (c.run(10_000) - start); got < 95 || got > 105 {
		t.Errorf("%.1f/s with 8 inside, want 100/s for good", got)
	}
}

func BenchmarkStation(b *testing.B) {
	for _, inside := range []struct {
		name string
		n    int
	}{{"60 inside", 60}, {"10000 inside", 10_000}} {
		b.Run(inside.name, func(b *testing.B) {
			random := rand.New(rand.NewPCG(1, 1))
			c := newClosed(article, inside.n, func() float64 { return 0 }, random.ExpFloat64)
			b.ReportAllocs()
			b.ResetTimer()
			c.run(b.N)
		})
	}
}
