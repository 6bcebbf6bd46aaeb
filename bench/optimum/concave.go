package optimum

import (
	"math"
	"slices"
)

// A bend is how much the slope of a curve over ln(limit) changes at a limit: the heights there and at both neighbours, times these
// weights. Bent is by how much it was moved.
type bend struct {
	weights [3]float64
	size    float64 // sum of the squares of the weights, each by the variance of its limit
	bent    float64
}

// concave returns the heights, at the limits with indexes in [from, to), of the curve that is closest to those of the fit and bends
// only downwards over ln(limit): concave regression, by Hildreth's method of 1957, which takes one bend at a time. The scalability
// law, pools of workers and limits on a rate bend so, whatever their parameters. So noise that lifts a single limit out of its
// neighbourhood does not last, and a corner does.
func (f *fit) concave(from, to int) []float64 {
	const (
		rounds  = 1000
		settled = 1e-6 // in ln(goodput)
	)
	height := slices.Clone(f.mu[from:to])
	bends := f.bends(from, to)
	for range rounds {
		moved := 0.0
		for at := range bends {
			b := &bends[at]
			up := 0.0
			for k, w := range b.weights {
				up += w * height[at+k]
			}
			by := max(-b.bent, up/b.size) // never further down than the bend was before
			b.bent += by
			for k, w := range b.weights {
				step := by * w / f.weight[from+at+k]
				height[at+k] -= step
				moved = max(moved, math.Abs(step))
			}
		}
		if moved < settled {
			break
		}
	}
	return height
}

// bends returns the bends at the limits with indexes in [from, to), but the first and the last.
func (f *fit) bends(from, to int) []bend {
	var all []bend
	gap := func(i int) float64 { return math.Log(float64(f.limits[i+1]) / float64(f.limits[i])) }
	for i := from; i+2 < to; i++ {
		b := bend{weights: [3]float64{1 / gap(i), -1/gap(i) - 1/gap(i+1), 1 / gap(i+1)}}
		for k, w := range b.weights {
			b.size += w * w / f.weight[i+k]
		}
		all = append(all, b)
	}
	return all
}

// summit returns the indexes [from, to) of the limits about the best, up to the first on each side that lies a fall below it: further
// away may be a cliff, or another hump.
func (f *fit) summit(best int) (from, to int) {
	from, to = best, best+1
	for from > 0 && f.mu[best]-f.mu[from] <= fall {
		from--
	}
	for to < len(f.limits) && f.mu[best]-f.mu[to-1] <= fall {
		to++
	}
	return from, to
}
