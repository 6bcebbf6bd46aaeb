// Package capacity holds the models that say how many requests per second the test server completes, and computes the
// exact throughput of each model at every concurrency limit.
//
// Start with [Parse], which reads a model from one line of text such as "usl:rate=20,sigma=0,kappa=0.000278"; String
// prints it again. [Closed] returns the throughput for 1, 2, 3, ... callers, and [Truth.Peak] the best limit.
//
// Rates are completions per second. The package is pure: no clock, no socket, no goroutine.
package capacity

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// A Model says how fast a server completes requests. Types of other packages may implement it too; the server then serves
// them by processor sharing: each of the n requests inside gets 1/n of Rate(n).
type Model interface {
	// Rate returns the completions per second while n requests are inside; n is at least 1.
	// It must be above 0 and finite (None is the one exception), and depend on n alone.
	Rate(n int) float64

	// String returns the text that Parse reads back as this model.
	String() string

	// Validate returns an error with one line for every field that is out of range, or nil.
	Validate() error
}

// None is a server without a limit: it answers every request at once.
type None struct{}

// Rate returns +Inf.
func (None) Rate(int) float64 { return math.Inf(1) }

// Validate returns nil.
func (None) Validate() error { return nil }

// USL is the universal scalability law (Gunther, "A General Theory of Computational Scalability Based on Rational
// Functions", 2008). n requests inside slow each other down in two ways: they wait for a resource that only one of them
// can use at a time (Sigma), and every pair of them must exchange data (Kappa).
// Rate is highest at n = sqrt((1-Sigma)/Kappa).
type USL struct {
	PerSecond float64 // completions per second with one request inside; lambda in the literature
	Sigma     float64 // contention, 0 to 1
	Kappa     float64 // crosstalk, 0 to 1
}

// Rate returns PerSecond n / (1 + Sigma (n-1) + Kappa n (n-1)).
func (m USL) Rate(n int) float64 {
	x := float64(n)
	return m.PerSecond * x / (1 + m.Sigma*(x-1) + m.Kappa*x*(x-1))
}

// Validate implements Model.
func (m USL) Validate() error {
	return errors.Join(
		checkRange("rate", m.PerSecond, minRate, maxRate),
		checkRange("sigma", m.Sigma, 0, 1),
		checkRange("kappa", m.Kappa, 0, 1),
	)
}

// Workers is a pool of N workers. Each serves one request at a time; the other requests queue.
type Workers struct {
	N       int           // workers
	Service time.Duration // mean time for which a worker serves one request
}

// Rate returns min(n, N) / Service.
func (m Workers) Rate(n int) float64 {
	return float64(min(n, m.N)) / m.Service.Seconds()
}

// Validate implements Model.
func (m Workers) Validate() error {
	return errors.Join(checkCount("n", m.N), checkDuration("service", m.Service))
}

// Cliff is a pool of workers whose rate drops to Factor of itself as soon as more than At requests are inside, like that
// of a server that runs out of memory and begins to swap.
type Cliff struct {
	Workers
	At     int     // the largest number of requests inside at which the full rate holds
	Factor float64 // the part of the rate that is left above At: 0.001 to 1
}

// Rate returns the rate of Workers, times Factor if n is above At.
func (m Cliff) Rate(n int) float64 {
	if n > m.At {
		return m.Factor * m.Workers.Rate(n)
	}
	return m.Workers.Rate(n)
}

// Validate implements Model.
func (m Cliff) Validate() error {
	return errors.Join(m.Workers.Validate(), checkCount("at", m.At), checkRange("factor", m.Factor, 0.001, 1))
}

// The range of valid rates and counts: wide enough for any server, and narrow enough that no sum or product over 10,000
// requests overflows.
const (
	minRate  = 1e-3      // completions per second
	maxRate  = 1e9       // completions per second
	maxCount = 1_000_000 // requests inside, or workers
)

func checkRange(field string, value, low, high float64) error {
	if value >= low && value <= high { // also false for NaN
		return nil
	}
	return fmt.Errorf("%s %v: want a number from %v to %v", field, value, low, high)
}

func checkCount(field string, value int) error {
	if value >= 1 && value <= maxCount {
		return nil
	}
	return fmt.Errorf("%s %d: want a whole number from 1 to %d", field, value, maxCount)
}

func checkDuration(field string, value time.Duration) error {
	if value > 0 && value <= time.Hour {
		return nil
	}
	return fmt.Errorf("%s %v: want a duration above 0 and at most 1h", field, value)
}
