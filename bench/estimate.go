package bench

import (
	"time"

	"sweetspot/bench/optimum"
)

// An attempt is a trial that a search asked for, with the time that it took, warm-up included.
type attempt struct {
	optimum.Trial
	took time.Duration
}

// estimate returns how long a trial of a limit is likely to take, by the trials at the limits next to it. It is the longer of
// two estimates, one by the goodput of each, with as much time beyond warm-up and window as that trial took. That time is
// short unless requests hang until they time out. It returns 0 if there is no trial to estimate by.
func (s *search) estimate(limit, completions int, load Load) time.Duration {
	longest := time.Duration(0)
	for _, i := range s.neighbours(limit) {
		rate, tried := s.trials[i].PerSecond, s.tried[i]
		if rate == 0 {
			continue
		}
		planned := func(limit, completions int) time.Duration {
			if s.overRate { // at any goodput
				at := load
				at.Rate = float64(limit)
				return shortestWarmup + max(load.Duration, at.arriving(int64(completions)))
			}
			return plannedTime(limit, completions, rate, load)
		}
		beyond := tried.took - planned(tried.Limit, tried.Completions)
		longest = max(longest, planned(limit, completions)+max(0, beyond))
	}
	return longest
}

// neighbours returns the indexes of the latest trials at the nearest limits on either side of a limit, itself included.
func (s *search) neighbours(limit int) []int {
	below, above := -1, -1
	for i, t := range s.trials {
		if t.Level() <= limit && (below < 0 || t.Level() >= s.trials[below].Level()) {
			below = i
		}
		if t.Level() >= limit && (above < 0 || t.Level() <= s.trials[above].Level()) {
			above = i
		}
	}
	var beside []int
	for _, i := range []int{below, above} {
		if i >= 0 {
			beside = append(beside, i)
		}
	}
	return beside
}

// plannedTime returns how long the warm-up and the window of a trial are at a goodput of perSecond.
func plannedTime(limit, completions int, perSecond float64, load Load) time.Duration {
	seconds := func(requests int64) time.Duration {
		return time.Duration(float64(requests) / perSecond * float64(time.Second))
	}
	switch {
	case load.Requests > 0:
		return seconds(load.Requests)
	case load.Rate > 0: // the slots need not be filled
		return shortestWarmup + load.Duration
	}
	window := max(load.Completions, int64(completions), int64(rounds*limit))
	return max(shortestWarmup, seconds(int64(warmupRounds*limit))) + max(load.Duration, seconds(window))
}

// shortestTrial returns how long a trial lasts at least, with its warm-up, however fast the target is.
func (l Load) shortestTrial() time.Duration {
	switch {
	case l.Requests > 0:
		return 0 // a fast target makes a batch in no time
	case l.Warmup != Automatic:
		return l.Warmup + l.Duration
	}
	return shortestWarmup + l.Duration
}

// examinationTime returns how long it is likely to take to find out whether the client is the bottleneck at the limit to use.
func (s *search) examinationTime(load Load) time.Duration {
	limit := s.finder.conclude().Limit
	var all time.Duration
	if s.candidate.sharesOne(s.beyond(limit)) {
		all += 2 * causalPairs * s.estimate(s.beyond(limit), 0, load)
	}
	if _, shows := newCausalTest(limit, s.at(limit)); shows && len(s.signs(limit).words()) > 0 {
		all += 2 * causalPairs * s.estimate(limit, 0, load)
	}
	return all
}
