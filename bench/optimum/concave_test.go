package optimum

import (
	"math"
	"slices"
	"testing"
)

// fitOf returns a fit with these heights, each known as well as the others.
func fitOf(limits []int, mu []float64) *fit {
	var points []point
	for block := range 2 {
		for i, limit := range limits {
			points = append(points, point{limit: limit, block: block, y: mu[i], weight: 1})
		}
	}
	return newFit(points)
}

func TestConcaveLeavesACurveThatBendsDownwards(t *testing.T) {
	f := measured(t, sixty, 0, octave, 0, 2, 1)
	for i, y := range f.concave(0, len(octave)) {
		if math.Abs(y-f.mu[i]) > 1e-9 {
			t.Errorf("at %d %.4f, want %.4f as measured", octave[i], y, f.mu[i])
		}
	}
}

func TestConcaveIsTheClosestCurveThatBendsDownwards(t *testing.T) {
	limits := []int{1, 2, 4, 8, 16, 32}
	f := fitOf(limits, []float64{0, 0.5, 0.4, 0.9, 0.7, 0.8})
	got := f.concave(0, len(limits))
	for i := 1; i+1 < len(got); i++ {
		if up := got[i+1] - 2*got[i] + got[i-1]; up > 1e-4 {
			t.Errorf("%.4f: it bends upwards at %d", got, limits[i])
		}
	}
	off := func(height []float64) (sum float64) {
		for i, y := range height {
			sum += (y - f.mu[i]) * (y - f.mu[i])
		}
		return sum
	}
	// Of all curves that bend downwards, a step from the closest one towards any of them is a step away from what was measured.
	for _, other := range [][]float64{
		{0, 0.3, 0.55, 0.75, 0.8, 0.8}, {0.1, 0.4, 0.6, 0.7, 0.75, 0.78}, {0, 0, 0, 0, 0, 0}, {0, 1, 2, 3, 4, 5}, {0, 0.5, 0.6, 0.6, 0.5, 0.3},
	} {
		step := slices.Clone(got)
		for i := range step {
			step[i] += 0.01 * (other[i] - got[i])
		}
		if off(step) < off(got)-1e-6 {
			t.Errorf("%.4f is closer to what was measured than %.4f", step, got)
		}
	}
}

func TestSmoothedPrefersTheCornerToALuckyLimit(t *testing.T) {
	limits := []int{8, 16, 23, 32, 45, 64, 91, 128}
	mu := make([]float64, len(limits)) // a corner at 32, then a fall by 5% per octave
	for i, n := range limits {
		mu[i] = math.Log(min(32, float64(n))) - 0.08*max(0, math.Log(float64(n)/32))
	}
	mu[5] += 0.05 // 64 was lucky
	j := newJudge(fitOf(limits, mu).withPrior(), 0.97, alpha)
	if got := limits[j.smoothed()]; got != 45 {
		t.Errorf("%d, want 45: it is the best but for one lucky trial", got)
	}
}

func TestLikeliestIsNotMisledByALawThatHardlyFits(t *testing.T) {
	f := measured(t, sixty, 0, octave, 0.01, 4, 2)
	right, wrong := fitLaw(f, 1), *fitLaw(f, 1)
	wrong.a *= 1.3 // it says that more is better
	wrong.c /= 20
	if got := octave[laws{right}.likeliest(f)]; got != 64 {
		t.Errorf("by the right law %d, want 64", got)
	}
	if got := octave[laws{right, &wrong, &wrong, &wrong}.likeliest(f)]; got != 64 {
		t.Errorf("with others that hardly fit %d, want 64", got)
	}
	for _, m := range []*law{right, &wrong} { // however bad the best of them is, it is the best
		m.b *= 1000
	}
	if got := octave[laws{right}.likeliest(f)]; got != 64 {
		t.Errorf("by a law that is far off %d, want 64", got)
	}
}
