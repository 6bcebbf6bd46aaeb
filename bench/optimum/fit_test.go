package optimum

import (
	"math"
	"math/rand/v2"
	"testing"
)

// table returns a point of weight 1 for every number of a table by block and limit; NaN stands for no trial.
func table(limits []int, blocks ...[]float64) []point {
	var points []point
	for b, row := range blocks {
		for i, y := range row {
			if !math.IsNaN(y) {
				points = append(points, point{limit: limits[i], block: b, y: y, weight: 1})
			}
		}
	}
	return points
}

func TestFitOfCompleteBlocksIsTheTwoWayAnalysisOfVariance(t *testing.T) {
	f := newFit(table([]int{1, 2, 4}, []float64{1, 3, 5}, []float64{2, 3, 7}, []float64{0, 3, 6}))
	// The means are 1, 3 and 6; the squares about rows and columns are 0.6667 + 0 + 0.6667 + ... = 2 on 4 degrees.
	by, se := f.gap(2, 0)
	if f.df != 4 || !near(by, 5, 1e-12) {
		t.Errorf("the gap is %v on %d degrees of freedom, want 5 on 4", by, f.df)
	}
	want := 0.0
	rows, columns := []float64{3, 4, 3}, []float64{1, 3, 6}
	for b, row := range [][]float64{{1, 3, 5}, {2, 3, 7}, {0, 3, 6}} {
		for i, y := range row {
			e := y - rows[b] - columns[i] + 10.0/3
			want += e * e / 4
		}
	}
	if !near(f.sigma2, want, 1e-12) || !near(se, math.Sqrt(want*2/3), 1e-12) {
		t.Errorf("sigma2 is %v and the error %v, want %v and %v", f.sigma2, se, want, math.Sqrt(want*2/3))
	}
}

func TestFitComparesLimitsThroughOthers(t *testing.T) {
	none := math.NaN()
	f := newFit(table([]int{1, 2, 3}, []float64{0, 1, none}, []float64{none, 11, 13}))
	if by, _ := f.gap(2, 0); !near(by, 3, 1e-12) {
		t.Errorf("3 lies %v above 1, want 1 + 2", by)
	}
	// Two steps of two trials each: the variance is 4 times that of a trial.
	if variance := f.cov.At(0, 0) + f.cov.At(2, 2) - 2*f.cov.At(0, 2); !near(variance, 4, 1e-12) {
		t.Errorf("the variance of that is %v, want 4", variance)
	}
}

func TestFitLeavesOutWhatNoBlockConnects(t *testing.T) {
	none := math.NaN()
	f := newFit(table([]int{1, 2, 8, 9}, []float64{0, 1, none, none}, []float64{none, none, 5, 6}))
	if len(f.limits) != 2 || f.limits[1] != 2 {
		t.Errorf("limits %v, want 1 and 2 alone", f.limits)
	}
}

func TestFitCancelsBlockEffects(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	var still, moving []point
	for b := range 6 {
		shift := 10 * random.NormFloat64()
		for _, limit := range []int{1, 2, 4, 8} {
			p := point{limit: limit, block: b, y: random.NormFloat64(), weight: 0.1 + random.Float64()}
			still = append(still, p)
			p.y += shift
			moving = append(moving, p)
		}
	}
	a, b := newFit(still), newFit(moving)
	for i := range a.limits {
		x, xse := a.gap(i, 0)
		y, yse := b.gap(i, 0)
		if !near(x, y, 1e-9) || !near(xse, yse, 1e-9) {
			t.Errorf("limit %d: gap %v ± %v becomes %v ± %v when the blocks shift", a.limits[i], x, xse, y, yse)
		}
	}
}

func TestFitContrastOfTwoIsTheirGap(t *testing.T) {
	f := newFit(table([]int{1, 2, 4}, []float64{1, 3, 5}, []float64{2, 3, 7}, []float64{0, 3, 6}))
	by, se := f.gap(1, 2)
	sum, error := f.contrast([]float64{0, 1, -1})
	if !near(by, sum, 1e-12) || !near(se, error, 1e-12) {
		t.Errorf("contrast %v ± %v, gap %v ± %v", sum, error, by, se)
	}
}

func near(got, want, tolerance float64) bool { return math.Abs(got-want) <= tolerance }
