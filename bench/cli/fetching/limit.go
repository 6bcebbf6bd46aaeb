package fetching

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"sweetspot/bench/fetch/limit"
	"sweetspot/results"
	"sweetspot/strategies"
)

// Auto is the limit that is found while the requests are made.
const Auto = "auto"

// largestAuto is the largest limit that Auto tries.
const largestAuto = 1024

// A Choice is a strategy with its limit.
type Choice struct {
	Strategy strategies.Strategy
	Limiter  limit.Limiter
}

// Choose returns the strategy and the limit that the flags mean: a number, [Auto], or the run file of a sweep. An empty strategy is
// that of the sweep's best limit, or the usual one. Most is the largest limit that there can be; settled is the limit that an earlier
// part of the same fetch has settled on, 0 if none has.
func Choose(text, strategy, usual string, most, settled int, load func(path string) (*results.Run, error)) (Choice, error) {
	name := strategy
	if name == "" {
		name = usual
	}
	if n, err := strconv.Atoi(text); err == nil {
		if n < 1 || n > most {
			return Choice{}, fmt.Errorf("%d: want 1 to %d, which the limit on open files permits", n, most)
		}
		return choice(name, limit.Fixed(n))
	}
	if text == Auto {
		most = min(most, largestAuto)
		return choice(name, limit.NewClimber(1, min(settled, most), most))
	}
	run, err := load(text)
	if err != nil {
		return Choice{}, fmt.Errorf("%w: want %s, a number, or the run file of a sweep", err, Auto)
	}
	best, err := optimumOf(run, strategy)
	if err != nil {
		return Choice{}, fmt.Errorf("%s: %w", text, err)
	}
	low, high := best.Low+1, max(best.High, best.Limit)
	if best.Objective != "" { // which a limit above it may not hold
		low, high = 1, best.Limit
	}
	if best.Limit > most {
		return Choice{}, fmt.Errorf("%s: its limit of %d: want at most %d, which the limit on open files permits", text, best.Limit, most)
	}
	return choice(best.Strategy, limit.NewClimber(min(low, best.Limit), best.Limit, min(high, most)))
}

func choice(name string, l limit.Limiter) (Choice, error) {
	s, err := strategies.Get(name)
	return Choice{s, l}, err
}

// optimumOf returns the optimum of a strategy, or, without a name, the one with the largest goodput.
func optimumOf(run *results.Run, strategy string) (results.Optimum, error) {
	all := slices.DeleteFunc(slices.Clone(run.Optima), func(o results.Optimum) bool {
		return o.Limit < 1 || o.Over == results.OverRate || strategy != "" && o.Strategy != strategy
	})
	if len(all) == 0 {
		if strategy != "" {
			return results.Optimum{}, fmt.Errorf("it names no limit for %s", strategy)
		}
		return results.Optimum{}, errors.New("it names no limit: want the file of a sweep that does")
	}
	return slices.MaxFunc(all, func(a, b results.Optimum) int { return int(a.PerSecond - b.PerSecond) }), nil
}
