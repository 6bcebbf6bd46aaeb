// Package capacity says how many requests a second a server completes, and proves it: it holds the models
// that the test server can follow and the exact throughput of each at every limit.
//
// It is pure: no clock, no socket, no goroutine. A model is written as one line, "usl:rate=20,sigma=0,kappa=0.000278",
// which [Parse] reads and String prints.
package capacity

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// A Model says how fast a server completes requests. A model of one's own is served by processor sharing:
// everybody inside gets an equal part of Rate.
type Model interface {
	// Rate returns the completions a second while n requests are inside, n being at least 1.
	// It must be above 0, finite (None's alone is not), and depend on nothing but n.
	Rate(n int) float64

	// String returns the text that Parse reads back as this model.
	String() string

	// Validate returns an error with one line for every field that is out of range, or nil.
	Validate() error
}

// None is the server that answers at once, whatever is asked of it.
type None struct{}

// Rate is infinite.
func (None) Rate(int) float64 { return math.Inf(1) }

// Validate finds nothing to object to.
func (None) Validate() error { return nil }

// USL is Gunther's universal scalability law: n requests inside get in each other's way through what only one of
// them can have (Sigma) and through what they must agree on in pairs (Kappa).
// Its peak is at sqrt((1-Sigma)/Kappa).
type USL struct {
	PerSecond float64 // completions a second of one request alone
	Sigma     float64 // contention, 0 to 1
	Kappa     float64 // crosstalk, 0 to 1
}

// Rate is PerSecond n / (1 + Sigma (n-1) + Kappa n (n-1)).
func (m USL) Rate(n int) float64 {
	x := float64(n)
	return m.PerSecond * x / (1 + m.Sigma*(x-1) + m.Kappa*x*(x-1))
}

// Validate implements Model.
func (m USL) Validate() error {
	return errors.Join(
		between("rate", m.PerSecond, slowest, fastest),
		between("sigma", m.Sigma, 0, 1),
		between("kappa", m.Kappa, 0, 1),
	)
}

// Workers is a pool: N requests are worked on at once, Service each; the others queue.
type Workers struct {
	N       int
	Service time.Duration
}

// Rate is min(n, N) / Service.
func (m Workers) Rate(n int) float64 {
	return float64(min(n, m.N)) / m.Service.Seconds()
}

// Validate implements Model.
func (m Workers) Validate() error {
	return errors.Join(countable("n", m.N), lasting("service", m.Service))
}

// Cliff is a pool of workers that falls to Factor of its rate as soon as more than At requests are inside: the
// server that begins to swap, or loses its connection pool.
type Cliff struct {
	Workers
	At     int
	Factor float64 // of the rate, above 0 and at most 1
}

// Rate is the rate of Workers, times Factor if n is above At.
func (m Cliff) Rate(n int) float64 {
	if n > m.At {
		return m.Factor * m.Workers.Rate(n)
	}
	return m.Workers.Rate(n)
}

// Validate implements Model.
func (m Cliff) Validate() error {
	return errors.Join(m.Workers.Validate(), countable("at", m.At), between("factor", m.Factor, 0.001, 1))
}

// The range of rates, in completions a second. Wide enough for any server, and narrow enough for no sum or
// product over 10,000 requests to overflow.
const (
	slowest = 1e-3
	fastest = 1e9
	most    = 1_000_000 // requests inside
)

func between(field string, value, low, high float64) error {
	if value >= low && value <= high { // false for NaN as well
		return nil
	}
	return fmt.Errorf("%s %v: want a number from %v to %v", field, value, low, high)
}

func countable(field string, value int) error {
	if value >= 1 && value <= most {
		return nil
	}
	return fmt.Errorf("%s %d: want a whole number from 1 to %d", field, value, most)
}

func lasting(field string, value time.Duration) error {
	if value > 0 && value <= time.Hour {
		return nil
	}
	return fmt.Errorf("%s %v: want a duration above 0 and at most 1h", field, value)
}
