package bench

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"sweetspot/results"
	"sweetspot/results/stat"
	"sweetspot/strategies"
)

// signs tell a client at its own limit from a server at its knee; in goodput they look alike, because it stops rising. Three
// signs speak for the client: requests spend their time in it, it has no processor time left, and goodput is near what it reaches
// when a server answers at once. One of them alone is no proof, two are. A fourth, that goodput falls in proportion when the client
// is slowed down on purpose, is proof by itself.
type signs struct {
	slots      float64    // requests in flight outside the client, as a share of the limit; at most that, as far as is known
	cpu        float64    // processor time used, as a share of the processors that the client may use
	program    float64    // processor time that an external program used, as a share of one processor; 0 if this one made the requests
	scheduling float64    // p99 of the wait for a processor, as a share of the mean latency
	reach      float64    // goodput, as a share of what the strategy reaches when a server answers at once; 0 if unknown
	inside     float64    // time spent inside the client, as a share of the growth in latency since the smallest limit
	slowed     causalTest // zero if the client was not slowed down
}

// The bounds of the signs, as shares. Beyond them it is more likely than not that the client limits the goodput.
const (
	mostlyEmpty    = 0.5
	busyProgram    = 0.9
	busyScheduling = 0.05
	nearReach      = 0.5
	mostlyInside   = 0.5
)

// words returns the signs that speak for the client being the bottleneck, each in words.
func (s signs) words() []string {
	var all []string
	switch {
	case s.slots < mostlyEmpty:
		all = append(all, fmt.Sprintf("requests were outside the client for only %s of the time that they held a slot", percent(s.slots)))
	case s.inside > mostlyInside: // it may rest on the same measurement
		all = append(all, fmt.Sprintf("%s of the growth in latency was spent inside the client", percent(s.inside)))
	}
	switch {
	case s.cpu > busyClient:
		all = append(all, fmt.Sprintf("the client used %s of its processors", percent(s.cpu)))
	case s.program > busyProgram:
		all = append(all, fmt.Sprintf("the program used %s of one processor, which is all that many programs can use", percent(s.program)))
	case s.program == 0 && s.scheduling > busyScheduling: // goroutines are not what an external program waits for
		all = append(all, fmt.Sprintf("goroutines waited for a processor, at p99 %s of the mean latency", percent(s.scheduling)))
	}
	if s.reach > nearReach {
		all = append(all, fmt.Sprintf("goodput is %s of what the strategy reaches when a server answers at once", percent(s.reach)))
	}
	return all
}

// clientBound reports whether the client is the bottleneck, and why.
func (s signs) clientBound() (bound bool, why string) {
	all := s.words()
	if s.slowed.proves() {
		all = append(all, fmt.Sprintf("slowing the client down by %v per request cost %s of the goodput",
			s.slowed.burn.Round(time.Microsecond), percent(1-math.Exp(stat.Describe(s.slowed.ratios).Mean))))
		return true, strings.Join(all, "; ")
	}
	return len(all) >= 2, strings.Join(all, "; ")
}

// A causalTest slows the client down by burn of processor time per request, and keeps what that did to goodput. It is the
// reverse of causal profiling (Curtsinger and Berger 2015), which predicts what it would gain to make code faster.
type causalTest struct {
	burn      time.Duration
	predicted float64   // ln of the ratio of goodputs, slowed to not, if the client is the bottleneck
	ratios    []float64 // ln of the ratios measured, pair by pair
}

// proves reports whether goodput fell, with 95% confidence, by more than half of what it would if the client were the
// bottleneck.
func (c causalTest) proves() bool {
	if len(c.ratios) < 2 {
		return false
	}
	ratios := stat.Describe(c.ratios)
	high := ratios.Mean + ratios.HalfWidth(2*(1-stat.Confidence)) // one-sided
	return high < c.predicted/2
}

// signsOf returns the signs in the trials at one limit, compared with the trials at the smallest limit if there are any.
// Reach is what the strategy reaches when a server answers at once; 0 if that is not known.
func signsOf(at, smallest []results.Trial, reach float64) signs {
	e := signs{
		slots:      mean(at, outside),
		program:    mean(at, func(t results.Trial) float64 { return t.ProgramCPU / t.Elapsed }),
		cpu:        mean(at, func(t results.Trial) float64 { return busyShare(&t) }),
		scheduling: mean(at, func(t results.Trial) float64 { return t.Scheduling }) / mean(at, func(t results.Trial) float64 { return t.Latency.Mean }),
		inside:     growthInside(smallest, at),
	}
	if reach > 0 {
		e.reach = mean(at, goodput) / reach
	}
	return e
}

// outside returns how much of the limit was in flight outside the client, at most. A client that holds slots while it makes
// requests, or takes responses in, seems to keep them full: its own stamps are before and after that. The wire and the server see
// what is left: by Little's law, the requests that end per second times the mean time that they are there. Of the three it is the
// least. A strategy that moves its limit by itself is not expected to fill it.
func outside(t results.Trial) float64 {
	if t.SettledLimit > 0 {
		return 1
	}
	share := fullShare(&t)
	for _, seen := range []float64{t.Wire, t.Server} {
		if seen > 0 {
			share = min(share, float64(t.Completed())/t.Elapsed*seen/float64(t.Limit))
		}
	}
	return share
}

// A bottleneckTest asks whether the client is the bottleneck of a strategy at the limit that a sweep found for it.
type bottleneckTest struct {
	search *search
	limit  int
	block  int // the number of the first block of further trials
	random *rand.Rand
	left   func() time.Duration // returns how long the causal test may still take
}

// examine collects the signs. It slows the client down only if there is another sign, since that takes as long as several
// steps of the search.
func (b bottleneckTest) examine(ctx context.Context, r *runner) (signs, error) {
	e := b.search.signs(b.limit)
	if len(e.words()) == 0 {
		return e, nil
	}
	var err error
	e.slowed, err = b.slowDown(ctx, r)
	return e, err
}

// How the client is slowed down.
const (
	slowdownShare = 0.2                    // of the goodput, lost if the client is the bottleneck: it shows over the noise of a few pairs
	longestBurn   = 500 * time.Microsecond // per request
	causalPairs   = 5                      // of trials: a pair takes as long as two steps of the search

	slotsPerProcessor = 4 // with at least these it matters little that a burn holds a slot
)

// examining is shown as progress meanwhile.
const examining = "what is the bottleneck?"

// newCausalTest returns the test to make of a limit with those trials. It returns false if the test would show nothing: if
// the limit is small, or if the requests are so few that even the longest burn would not cost a third of slowdownShare.
func newCausalTest(limit int, trials []results.Trial) (causalTest, bool) {
	processors, perSecond := int(mean(trials, func(t results.Trial) float64 { return float64(processors(&t)) })), mean(trials, goodput)
	if perSecond == 0 || limit < slotsPerProcessor*processors {
		return causalTest{}, false // a burn holds a slot too, which at a small limit costs goodput, client-bound or not
	}
	// A client at its limit spends all of its processors' time on requests: processors/goodput on each.
	each := time.Duration(float64(processors) / perSecond * float64(time.Second))
	c := causalTest{burn: min(longestBurn, time.Duration(float64(each)*slowdownShare/(1-slowdownShare)))}
	c.predicted = math.Log(float64(each) / float64(each+c.burn))
	return c, c.predicted <= math.Log(1-slowdownShare/3)
}

// slowDown measures pairs of trials, one as it is and one with the client slowed down.
func (b bottleneckTest) slowDown(ctx context.Context, r *runner) (causalTest, error) {
	c, shows := newCausalTest(b.limit, b.search.at(b.limit))
	if !shows {
		return causalTest{}, nil
	}
	asItIs := b.search.candidate
	asItIs.limit = b.limit
	settings := asItIs.settings()
	settings.Burn = c.burn
	slow, err := asItIs.reopened(ctx, settings)
	if errors.Is(err, strategies.ErrHandle) {
		return causalTest{}, nil // a program cannot be slowed down from here
	}
	if err != nil {
		return c, err
	}
	defer slow.ending.end(ctx)
	c.ratios, err = b.pairs(ctx, r, slow)
	return c, err
}

// pairs measures pairs of trials in random order, one of the search's candidate as it is and one changed, as many pairs as there is
// time for. It returns ln of the ratio of the goodputs of each, changed to not.
func (b bottleneckTest) pairs(ctx context.Context, r *runner, changed candidate) (ratios []float64, err error) {
	asItIs := b.search.candidate
	asItIs.limit, changed.limit, changed.purpose = b.limit, b.limit, results.Causal
	each := 2 * b.search.estimate(b.limit, 0, asItIs.target.load)
	for pair := 0; pair < causalPairs && each <= b.left(); pair++ {
		candidates := [2]candidate{asItIs, changed}
		var goodputs [2]float64
		for _, i := range b.random.Perm(2) {
			t, err := r.trial(ctx, candidates[i], b.block+pair, examining)
			if err != nil {
				return ratios, err
			}
			goodputs[i] = t.PerSecond
		}
		if goodputs[0] > 0 && goodputs[1] > 0 {
			ratios = append(ratios, math.Log(goodputs[1]/goodputs[0]))
		}
	}
	return ratios, nil
}

// growthInside returns which share of the growth in mean latency from the first trials to the others was spent inside the
// client, before the first byte of a request or after the last byte of its response. It returns 0 if that is not known or
// latency did not grow. Only some connections are timed, so that a trial at a small limit may have none of them.
func growthInside(first, at []results.Trial) float64 {
	unknown := func(t results.Trial) bool { return t.Wire == 0 }
	first, at = slices.DeleteFunc(slices.Clone(first), unknown), slices.DeleteFunc(slices.Clone(at), unknown)
	latency := func(t results.Trial) float64 { return t.Latency.Mean }
	wire := func(t results.Trial) float64 { return t.Wire }
	grew := mean(at, latency) - mean(first, latency)
	if len(first) == 0 || len(at) == 0 || grew < 0.1*mean(at, latency) {
		return 0
	}
	return 1 - (mean(at, wire)-mean(first, wire))/grew
}

func goodput(t results.Trial) float64 { return t.PerSecond }

func mean(trials []results.Trial, figure func(results.Trial) float64) float64 {
	if len(trials) == 0 {
		return 0
	}
	sum := 0.0
	for _, t := range trials {
		sum += figure(t)
	}
	return sum / float64(len(trials))
}
