// Package arrivals has the requests of an open loop, which are due whether or not earlier ones have been answered. A [Kind] says
// when they are due, and a [Source] hands them out when they are.
package arrivals

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// A Kind is a kind of arrival process.
type Kind string

// The kinds.
const (
	Constant Kind = "constant" // evenly spaced
	Poisson  Kind = "poisson"  // independent of one another, as those of many users are: the gaps are exponential
)

// Kinds returns every kind.
func Kinds() []Kind { return []Kind{Constant, Poisson} }

// ParseKind returns the kind of that name. Its error names the right ones.
func ParseKind(name string) (Kind, error) {
	for _, k := range Kinds() {
		if name == string(k) {
			return k, nil
		}
	}
	return "", fmt.Errorf("%q: want constant or poisson", name)
}

// Times returns the times at which requests are due, since the beginning, at a rate of that many per second, more than 0. Each
// call of the function returns the next one, none before the one before it. The same seed gives the same times. The first of
// constant arrivals is due at once. A time that is too large for a Duration is the largest Duration.
func (k Kind) Times(rate float64, seed uint64) (next func() time.Duration) {
	if k == Poisson {
		random := rand.New(rand.NewPCG(seed, poissonStream))
		due := 0.0 // in seconds; a sum of gaps that are not rounded
		return func() time.Duration {
			due += random.ExpFloat64() / rate
			return duration(due)
		}
	}
	n := -1.0
	return func() time.Duration {
		n++
		return duration(n / rate)
	}
}

// poissonStream tells these random numbers from others of the same seed.
const poissonStream = 0x706f6973736f6e

func duration(seconds float64) time.Duration {
	if seconds >= math.MaxInt64/1e9 {
		return math.MaxInt64
	}
	return time.Duration(seconds * 1e9)
}
