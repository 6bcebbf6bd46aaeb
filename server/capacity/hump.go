package capacity

import (
	"errors"
	"math"
)

// Hump is a smooth rise and a slower fall that the universal scalability law does not describe: far left of N the rate is
// proportional to n, far right of N it falls with a power of n.
type Hump struct {
	PerSecond float64 // sets the height
	N         float64 // requests inside, at about which the rate is highest
	S         float64 // the larger, the flatter the top; 0 to 100
	P         float64 // the power with which the rate falls, above 0 and up to 4
}

// Rate returns PerSecond / (N/n + S + (n/N)^P).
func (m Hump) Rate(n int) float64 {
	x := float64(n) / m.N
	return m.PerSecond / (1/x + m.S + math.Pow(x, m.P))
}

// Validate implements Model.
func (m Hump) Validate() error {
	return errors.Join(
		checkRange("rate", m.PerSecond, minRate, maxRate),
		checkRange("n", m.N, 1, maxCount),
		checkRange("s", m.S, 0, 100),
		checkRange("p", m.P, 0.01, 4),
	)
}

// String implements Model.
func (m Hump) String() string {
	return "hump:rate=" + decimal(m.PerSecond) + ",n=" + decimal(m.N) + ",s=" + decimal(m.S) + ",p=" + decimal(m.P)
}
