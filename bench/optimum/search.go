package optimum

import (
	"math/rand/v2"
	"slices"
)

// Settings say what to search. The zero value of every field stands for its default.
type Settings struct {
	Min, Max  int     // the smallest and the largest limit to try; 0 stands for 1 and for 4096
	Share     float64 // of the peak that is enough, in (0, 1); 0 stands for 0.97
	MaxTrials int     // the search ends after this many; 0 stands for 70
	Limits    []int   // a fixed grid instead of a search; then Min and Max do not count; empty for a search
	Seed      uint64  // of the order of the trials within their blocks
	Seconds   float64 // that the caller has for the search, for its plans; 0 if there is no bound
}

// A Trial is what [Search.Next] asks for: one measurement at one limit.
type Trial struct {
	Stage       Stage
	Block       int // trials of one block are compared with each other; the ramp is block 0
	Limit       int // requests in flight
	Completions int // requests that must end in the measured window, at least
}

// A Stage is what a trial is for.
type Stage string

// The stages, in their order.
const (
	Ramp   Stage = "ramp"   // doubling, to see the shape of the whole curve
	Refine Stage = "refine" // blocks in random order: first of the limits of the ramp, then of those that matter
)

// An Observation is what a trial measured.
type Observation struct {
	PerSecond   float64 // goodput: successes per second
	Completions int     // successes in the measured window; 0 if unknown: then what the trial asked for is assumed
	Failed      float64 // share of the requests that failed, 0 to 1
	Timeouts    bool    // whether any request timed out
	Early, Late float64 // goodput in the first and in the last third of the window; 0 if unknown
	AtServer    float64 // share of the limit that was in flight at the server, 0 to 1; 0 if unknown
	Ready       float64 // share of the time in which the client did not wait for a processor, 0 to 1; 0 if unknown
}

// A Search looks for the smallest limit that gives a share of the peak. Drive it one trial at a time:
//
//	for trial, ok := search.Next(); ok; trial, ok = search.Next() {
//		search.Add(trial, measure(trial))
//	}
//	best := search.Conclude()
//
// The caller may stop after any trial; Conclude then says what the trials so far support. A Search is not safe for
// concurrent use.
type Search struct {
	settings Settings
	random   *rand.Rand
	ramp     []int   // limits of the ramp that are still to come
	queue    []Trial // rest of the block under way
	block    int     // number of the block under way
	handed   int     // trials handed out
	over     bool
	seen     measurements
}

// New returns a search that has measured nothing yet. It returns no error: the caller has to refuse a Share outside (0, 1) or
// a Min above Max. Here a wrong Share becomes the default, and Min becomes at most Max.
func New(settings Settings) *Search {
	s := settings.complete()
	search := &Search{settings: s, random: rand.New(rand.NewPCG(s.Seed, 0))}
	if len(s.Limits) == 0 {
		search.ramp = octaves(s.Min, s.Max)
	}
	return search
}

// complete fills in the defaults and replaces what is out of range.
func (s Settings) complete() Settings {
	s.Limits = slices.DeleteFunc(slices.Clone(s.Limits), func(limit int) bool { return limit < 1 })
	slices.Sort(s.Limits)
	s.Limits = slices.Compact(s.Limits)
	if n := len(s.Limits); n > 0 {
		s.Min, s.Max = s.Limits[0], s.Limits[n-1]
	}
	if s.Max < 1 {
		s.Max = 4096
	}
	s.Min = min(max(s.Min, 1), s.Max)
	if !(s.Share > 0 && s.Share < 1) { // nor NaN
		s.Share = 0.97
	}
	if s.MaxTrials < 1 {
		s.MaxTrials = 70
	}
	return s
}

// Next returns the trial to run next. It returns false once the search has decided, has nothing left that is worth trying or
// has used up its trials. A trial that could not be run need not be added; it still counts as one of MaxTrials.
func (s *Search) Next() (Trial, bool) {
	if s.over || s.handed >= s.settings.MaxTrials {
		return Trial{}, false
	}
	if len(s.ramp) > 0 && s.worthClimbing() {
		limit := s.ramp[0]
		s.ramp = s.ramp[1:]
		s.queue = []Trial{s.trial(Ramp, limit, rampSeconds)}
	} else {
		s.ramp = nil
	}
	if len(s.queue) == 0 {
		s.plan()
	}
	if len(s.queue) == 0 {
		s.over = true
		return Trial{}, false
	}
	trial := s.queue[0]
	s.queue = s.queue[1:]
	s.handed++
	return trial, true
}

// plan fills the queue with the next block, in random order, or leaves it empty if further trials would add nothing.
func (s *Search) plan() {
	if s.settled() {
		return
	}
	var chosen []choice
	switch {
	case len(s.settings.Limits) > 0:
		chosen = choices(s.settings.Limits, refineSeconds)
	case s.block == 0:
		chosen = s.worthRepeating()
	default:
		chosen = s.worthMeasuring()
	}
	if len(chosen) < 2 {
		return // One limit has nothing to be compared with.
	}
	s.block++
	for _, i := range s.random.Perm(len(chosen)) {
		s.queue = append(s.queue, s.trial(Refine, chosen[i].limit, chosen[i].window))
	}
}

// choices returns the limits as choices with the same window.
func choices(limits []int, window float64) []choice {
	var all []choice
	for _, limit := range limits {
		all = append(all, choice{limit, window})
	}
	return all
}

func (s *Search) trial(stage Stage, limit int, window float64) Trial {
	return Trial{Stage: stage, Block: s.block, Limit: limit, Completions: completions(limit, s.seen.rate(limit), window)}
}

// Add adds what a trial measured. A trial without goodput is one in which no request succeeded.
func (s *Search) Add(trial Trial, seen Observation) {
	s.seen = append(s.seen, measurement{trial, seen})
}
