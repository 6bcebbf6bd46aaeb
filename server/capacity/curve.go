package capacity

import (
	"errors"
	"fmt"
	"sort"
)

// A Point is one throughput: of a model with N requests inside, or of a closed system with N callers.
type Point struct {
	N         int     // requests inside, or callers: at least 1
	PerSecond float64 // completions per second
}

// Curve is a rate given by points: linear between two points, constant before the first and after the last. With it a
// measured server can be imitated.
type Curve []Point

// Rate interpolates linearly between the points on both sides of n.
func (m Curve) Rate(n int) float64 {
	next := sort.Search(len(m), func(i int) bool { return m[i].N >= n })
	if next == 0 {
		return m[0].PerSecond
	}
	if next == len(m) {
		return m[len(m)-1].PerSecond
	}
	a, b := m[next-1], m[next]
	fraction := float64(n-a.N) / float64(b.N-a.N)
	return a.PerSecond + fraction*(b.PerSecond-a.PerSecond)
}

// Validate implements Model. There must be at least one point, and N must rise from point to point.
func (m Curve) Validate() error {
	if len(m) == 0 {
		return errors.New("no points: want at least one")
	}
	var errs []error
	for i, p := range m {
		errs = append(errs, checkCount("point", p.N), checkRange(fmt.Sprintf("point %d", p.N), p.PerSecond, minRate, maxRate))
		if i > 0 && p.N <= m[i-1].N {
			errs = append(errs, fmt.Errorf("point %d comes after %d: want rising numbers", p.N, m[i-1].N))
		}
	}
	return errors.Join(errs...)
}
