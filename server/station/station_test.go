package station_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sweetspot/server/capacity"
	"sweetspot/server/station"
)

var article = capacity.USL{PerSecond: 1090, Sigma: 0.4, Kappa: 0.00025}

// An event is one call that a test makes to a station: the beginning of a visit, or its cancellation.
type event struct {
	at    float64
	who   int
	leave bool // true: the visit is canceled; false: it begins
	delay float64
	work  float64
}

type departure struct {
	Who    int
	Result station.Result
	At     float64
}

// traffic returns n random visits that begin within one second, and cancellations of about a fifth of them.
func traffic(seed uint64, n int) []event {
	random := rand.New(rand.NewPCG(seed, 0))
	var events []event
	for who := range n {
		at := random.Float64()
		events = append(events, event{at: at, who: who, delay: max(0, random.Float64()-0.5) / 10, work: random.ExpFloat64()})
		if random.IntN(5) == 0 {
			events = append(events, event{at: at + random.Float64()/20, who: who, leave: true})
		}
	}
	slices.SortFunc(events, func(a, b event) int {
		if a.at < b.at {
			return -1
		}
		return 1
	})
	return events
}

// replay runs the events through a station. The station is advanced at each event and, between events, every step seconds.
func replay(m capacity.Model, events []event, step float64) []departure {
	s := station.New(m)
	visits := make(map[int]*station.Visit)
	var left []departure
	next := step
	for _, e := range events {
		for ; next < e.at; next += step {
			s.Advance(next)
		}
		if e.leave {
			s.Cancel(e.at, visits[e.who])
			continue
		}
		visits[e.who] = &station.Visit{Done: func(at float64, v station.Result) {
			left = append(left, departure{e.who, v, at})
		}}
		s.Enter(e.at, visits[e.who], e.delay, e.work)
	}
	s.Advance(1e6)
	return left
}

// reference is processor sharing written straight from its definition: each job inside has some work left and gets an
// equal part of the model's rate. No virtual time, no heap.
type reference struct {
	model           capacity.Model
	now             float64
	outside, inside []job
	left            []departure
}

type job struct {
	who  int
	due  float64 // the time at which its delay ends
	work float64 // what is left
}

// until computes every event until then, one after the other.
func (d *reference) until(then float64) {
	for d.now < then {
		next := then // or earlier, when a job has been served or arrives
		n := len(d.inside)
		for _, j := range d.inside {
			next = min(next, d.now+j.work*float64(n)/d.model.Rate(n))
		}
		for _, j := range d.outside {
			next = min(next, j.due)
		}
		for i := range d.inside {
			d.inside[i].work -= (next - d.now) * d.model.Rate(n) / float64(n)
		}
		d.now = next
		d.inside = slices.DeleteFunc(d.inside, func(j job) bool {
			done := j.work <= 1e-12
			if done {
				d.left = append(d.left, departure{j.who, station.Served, d.now})
			}
			return done
		})
		d.outside = slices.DeleteFunc(d.outside, func(j job) bool {
			arrived := j.due <= d.now
			if arrived {
				d.inside = append(d.inside, j)
			}
			return arrived
		})
	}
}

// expected returns the departures that the reference computes.
func expected(m capacity.Model, events []event) []departure {
	d := reference{model: m}
	for _, e := range events {
		d.until(e.at)
		if !e.leave {
			d.outside = append(d.outside, job{e.who, e.at + e.delay, e.work})
			continue
		}
		before := len(d.inside) + len(d.outside)
		gone := func(j job) bool { return j.who == e.who }
		d.inside, d.outside = slices.DeleteFunc(d.inside, gone), slices.DeleteFunc(d.outside, gone)
		if len(d.inside)+len(d.outside) < before {
			d.left = append(d.left, departure{e.who, station.Canceled, d.now})
		}
	}
	d.until(1e6)
	return d.left
}

// sameTimes compares times with a tolerance for rounding.
var sameTimes = cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-7 })

func TestStationDeparturesAreThoseOfProcessorSharing(t *testing.T) {
	humps := capacity.Curve{{N: 1, PerSecond: 90}, {N: 10, PerSecond: 850}, {N: 40, PerSecond: 560}, {N: 126, PerSecond: 995}}
	for _, m := range []capacity.Model{article, humps, capacity.Workers{N: 4, Service: 4e6}} {
		for seed := range uint64(10) {
			events := traffic(seed, 400)
			if diff := cmp.Diff(expected(m, events), replay(m, events, math.Inf(1)), sameTimes); diff != "" {
				t.Fatalf("%v, seed %d (-reference +station):\n%s", m, seed, diff)
			}
		}
	}
}

func TestAdvanceCalledLateDelaysNoVisit(t *testing.T) {
	for _, m := range []capacity.Model{article, capacity.Shaper{PerSecond: 300}, capacity.Reject{PerSecond: 300}, nil} {
		events := traffic(1, 500)
		often, seldom := replay(m, events, 1e-4), replay(m, events, math.Inf(1))
		if diff := cmp.Diff(often, seldom, sameTimes); diff != "" {
			t.Errorf("%v (-often +seldom):\n%s", m, diff)
		}
	}
}

func TestStationEndsSimultaneousVisitsInTheOrderOfTheirWork(t *testing.T) {
	s := station.New(article)
	var left []float64
	for _, work := range []float64{0.3, 2, 0.1, 1.2, 0.7} {
		s.Enter(1, &station.Visit{Done: func(float64, station.Result) { left = append(left, work) }}, 0, work)
	}
	s.Advance(2)
	if !slices.IsSorted(left) || len(left) != 5 {
		t.Errorf("got %v, want the five in rising order", left)
	}
}

// The work completed is at all times at most the integral of the model's rate, and equal to it at the end.
func TestStationConservesWork(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	s := station.New(article)
	worked, capable := 0.0, 0.0 // the work of the visits served, and the integral of Rate(n) over time
	now := 0.0
	for range 100_000 {
		if s.Inside() < 50 && random.IntN(2) == 0 {
			work := random.ExpFloat64()
			s.Enter(now, &station.Visit{Done: func(float64, station.Result) { worked += work }}, 0, work)
		}
		if s.Inside() == 0 {
			continue
		}
		next := s.Next()
		capable += (next - now) * article.Rate(s.Inside())
		now = next
		s.Advance(now)
		if worked > capable*(1+1e-9) {
			t.Fatalf("after %v s: %v was completed of at most %v", now, worked, capable)
		}
	}
	for s.Inside() > 0 {
		next := s.Next()
		capable += (next - now) * article.Rate(s.Inside())
		now = next
		s.Advance(now)
	}
	if off := worked/capable - 1; math.Abs(off) > 1e-9 {
		t.Errorf("got %v completed, want %v", worked, capable)
	}
}

func TestCancelFreesThePlaceOfAVisit(t *testing.T) {
	for _, m := range []capacity.Model{capacity.Workers{N: 1, Service: 1e9}, capacity.Shaper{PerSecond: 1}} {
		s := station.New(m)
		var left []departure
		visit := func(who int) *station.Visit {
			return &station.Visit{Done: func(at float64, v station.Result) { left = append(left, departure{who, v, at}) }}
		}
		canceled := visit(1)
		s.Enter(0, visit(0), 0, 1)
		s.Enter(0, canceled, 0, 1)
		s.Enter(0, visit(2), 0, 1)
		s.Cancel(0, canceled)
		s.Cancel(0, canceled) // the second call does nothing
		s.Advance(10)
		if len(left) != 3 || left[2].At > 2+1e-9 || s.Inside() != 0 {
			t.Errorf("%v: got %+v, want the last served after 2 s at most", m, left)
		}
	}
}
