package optimum

import (
	"cmp"
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// An SLOSearch looks for the largest limit at which a latency stays at or below a bound, a service level objective. It is
// driven like a [Search]: it doubles the limit until the bound is broken, closes in between the last limit that held and the
// first that did not, and repeats trials there until it is certain. It assumes that latency rises with the limit. It is not
// safe for concurrent use.
type SLOSearch struct {
	// Close is the ratio of the limits between which the answer lies up to which limits between them are not tried; 0 is 1.1.
	Close float64

	// Confirm is how many trials a limit has at which the first breaks the bound for certain, before the majority of them says whether
	// it does: a disturbance may break it anywhere. With 0 the mean of the latencies decides, and there may be one trial.
	Confirm int
	// Most is how many trials after the first a limit has that could not be shown to hold, until it is given up; 0 is 8.
	Most int

	min, max int
	bound    float64           // ln of seconds
	seen     map[int][]float64 // ln of the latencies measured, by limit
	broke    map[int]int       // trials that broke the bound for certain, by limit
	refused  map[int]bool      // limits that may hold but could not be shown to
}

// NewSLOSearch returns a search of the limits from min, at least 1, to max for a bound in seconds, more than 0.
func NewSLOSearch(min, max int, bound float64) *SLOSearch {
	return &SLOSearch{min: min, max: max, bound: math.Log(bound), seen: map[int][]float64{}, broke: map[int]int{}, refused: map[int]bool{}}
}

// Held is what an [SLOSearch] has found. The largest limit that holds the bound is at least Limit and below Broken.
type Held struct {
	Limit    int    // the largest limit that holds with 95% confidence; 0 if none was shown to
	Broken   int    // the smallest limit above it that was not shown to hold; 0 if every limit tried does
	Explored [2]int // the smallest and the largest limit tried
}

// How an SLOSearch decides.
const (
	closeRatio  = 1.1  // see [SLOSearch.Close]
	fewestHolds = 3    // trials after the first before a limit may be said to hold: fewer give no usable variance
	mostHolds   = 8    // see [SLOSearch.Most]
	holdsError  = 0.05 // probability with which a limit is said to hold that does not
)

// Next returns the limit to try next, and false once the search has decided.
func (s *SLOSearch) Next() (limit int, ok bool) {
	for {
		below, broken := s.bracket()
		if doubtful := s.doubtful(); doubtful > 0 {
			return doubtful, true
		}
		switch {
		case below == 0 && broken == 0:
			return s.min, true
		case below == 0:
			return 0, false // not even the smallest limit holds
		case broken == 0 && below < s.max:
			return min(2*below, s.max), true
		case broken > below+1 && float64(broken) > cmp.Or(s.Close, closeRatio)*float64(below):
			between := int(math.Round(math.Sqrt(float64(below) * float64(broken))))
			return min(max(between, below+1), broken-1), true
		case s.holds(below):
			return 0, false
		case len(s.seen[below]) <= s.most():
			return below, true
		}
		s.refused[below] = true
	}
}

// Add adds what a trial measured at the limit: the latency in seconds that the bound is for, infinite if nothing succeeded.
func (s *SLOSearch) Add(limit int, latency float64) { s.AddAtLeast(limit, latency, latency) }

// AddAtLeast is Add for a latency that is certain to be at least so large. Of a few requests the 99th percentile is the largest
// latency, which may be anywhere above it.
func (s *SLOSearch) AddAtLeast(limit int, latency, atLeast float64) {
	s.seen[limit] = append(s.seen[limit], math.Log(latency))
	if math.Log(atLeast) > s.bound {
		s.broke[limit]++
	}
}

// Conclude says what the trials so far support.
func (s *SLOSearch) Conclude() Held {
	var h Held
	for limit := range s.seen {
		if h.Explored[0] == 0 || limit < h.Explored[0] {
			h.Explored[0] = limit
		}
		h.Explored[1] = max(h.Explored[1], limit)
	}
	below, broken := s.bracket()
	for ; below > 0 && !s.holds(below); below = s.below(below) {
		broken = below
	}
	h.Limit, h.Broken = below, broken
	return h
}

// Seems returns the largest limit that seems to hold so far, as every smaller one does, and the smallest that does not seem to; 0
// where there is none.
func (s *SLOSearch) Seems() (holds, broken int) { return s.bracket() }

// bracket returns the largest limit such that it and every smaller limit tried seem to hold, and the smallest limit tried that
// does not seem to; 0 where there is none.
func (s *SLOSearch) bracket() (below, broken int) {
	for limit := range s.seen {
		if s.breaks(limit) && (broken == 0 || limit < broken) {
			broken = limit
		}
	}
	for limit := range s.seen {
		if limit > below && (broken == 0 || limit < broken) {
			below = limit
		}
	}
	return below, broken
}

// breaks reports whether a limit that was tried does not seem to hold.
func (s *SLOSearch) breaks(limit int) bool {
	switch {
	case s.refused[limit]:
		return true
	case s.Confirm == 0:
		return stat.Mean(s.seen[limit], nil) > s.bound
	}
	return 2*s.broke[limit] > max(s.Confirm, len(s.seen[limit]))
}

// doubtful returns the smallest limit of which only further trials can say whether it breaks the bound, 0 if there is none.
func (s *SLOSearch) doubtful() int {
	smallest := 0
	for limit, logs := range s.seen {
		if len(logs) < s.Confirm && s.broke[limit] > 0 && !s.breaks(limit) && (smallest == 0 || limit < smallest) {
			smallest = limit
		}
	}
	return smallest
}

func (s *SLOSearch) most() int { return cmp.Or(s.Most, mostHolds) }

// below returns the largest limit tried below limit, 0 if there is none.
func (s *SLOSearch) below(limit int) int {
	largest := 0
	for tried := range s.seen {
		if tried < limit {
			largest = max(largest, tried)
		}
	}
	return largest
}

// holds reports whether the latency at a limit is at or below the bound with 95% confidence, by t tests of its logarithms.
//
// The first trial is no part of the tests: the limit was chosen because that one was low. The tests are repeated after every
// further trial, so that their errors add up. What each may spend is what O'Brien and Fleming's boundary spends by then (Lan
// and DeMets 1983), next to nothing at first and most in the end. The same goes for the limits that are tested one after
// the other, from the largest down: the one of number m may err with 1/(m(m+1)) of the whole, of which the sum is 1.
func (s *SLOSearch) holds(limit int) bool {
	if s.refused[limit] {
		return false
	}
	number := 1
	for tested, logs := range s.seen {
		if tested > limit && len(logs) > fewestHolds {
			number++
		}
	}
	all, spent := s.seen[limit], 0.0
	for n := fewestHolds; n < min(len(all), s.most()+1); n++ {
		mean, deviation := stat.MeanStdDev(all[1:n+1], nil)
		spending := obrienFleming(float64(n) / float64(s.most()))
		alpha := holdsError * (spending - spent) / float64(number*(number+1))
		if mean+student(alpha, n-1)*deviation/math.Sqrt(float64(n)) <= s.bound {
			return true
		}
		spent = spending
	}
	return false
}

// obrienFleming returns which share of its error a sequence of tests has spent when it has that share of its trials.
func obrienFleming(share float64) float64 {
	z := distuv.UnitNormal.Quantile(1 - holdsError/2)
	return 2 * distuv.UnitNormal.Survival(z/math.Sqrt(share)) / holdsError
}
