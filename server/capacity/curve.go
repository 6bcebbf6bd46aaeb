package capacity

import (
	"errors"
	"fmt"
	"sort"
)

// A Point is a throughput somewhere.
type Point struct {
	N         int     // requests inside, or callers
	PerSecond float64 // completions a second
}

// Curve is any shape that was measured or made up: straight lines between its points, flat outside them.
type Curve []Point

// Rate is found on the line between the points around n.
func (m Curve) Rate(n int) float64 {
	next := sort.Search(len(m), func(i int) bool { return m[i].N >= n })
	if next == 0 {
		return m[0].PerSecond
	}
	if next == len(m) {
		return m[len(m)-1].PerSecond
	}
	a, b := m[next-1], m[next]
	along := float64(n-a.N) / float64(b.N-a.N)
	return a.PerSecond + along*(b.PerSecond-a.PerSecond)
}

// Validate implements Model. The points must be in rising order of N.
func (m Curve) Validate() error {
	if len(m) == 0 {
		return errors.New("no points: want at least one")
	}
	var faults []error
	for i, p := range m {
		faults = append(faults, countable("point", p.N), between(fmt.Sprintf("point %d", p.N), p.PerSecond, slowest, fastest))
		if i > 0 && p.N <= m[i-1].N {
			faults = append(faults, fmt.Errorf("point %d comes after %d: want rising numbers", p.N, m[i-1].N))
		}
	}
	return errors.Join(faults...)
}
