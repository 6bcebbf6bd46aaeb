package stat_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sweetspot/results/stat"
)

func TestWelchAgreesWithATextbook(t *testing.T) {
	// In an order in which no value is like the one before, so that nothing but Welch's test is at work. The figures were
	// worked out by hand, the chance by numerical integration of Student's density.
	x := []float64{27.5, 17.2, 23.1, 14.6, 23.0, 15.2, 22.6, 20.8, 25.0, 19.1, 21.7, 15.3, 21.4, 19.6, 23.0}
	y := []float64{27.1, 22.0, 23.4, 20.8, 23.5, 22.0, 25.8, 20.2, 24.8, 21.9, 23.4, 22.1, 30.0, 22.9, 23.9}
	want := stat.Test{Mean: 2.98, SE: 1.1721097516, DF: 24.5097286, P: 0.0177225048}
	got := stat.Welch(x, y, 0)
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(stat.Test{}), cmpopts.EquateApprox(1e-8, 0)); diff != "" {
		t.Error(diff)
	}
}

func TestHolmAdjustsEachTestForThoseThatAreLeft(t *testing.T) {
	tests := []*stat.Test{{P: 0.04, SE: 1, DF: 10}, {P: 0.01, SE: 1, DF: 10}, {P: 0.03, SE: 1, DF: 10}}
	stat.Holm(tests)
	want := []float64{0.06, 0.03, 0.06} // 0.03 x 2, and no less for 0.04; 0.01 x 3
	for i, test := range tests {
		if diff := cmp.Diff(want[i], test.P, cmpopts.EquateApprox(1e-12, 0)); diff != "" {
			t.Errorf("test %d: %s", i, diff)
		}
	}
	// The level of the first is 5%/3; the second fails at 5%/2, the level that the third keeps.
	for i, alpha := range []float64{0.05 / 2, 0.05 / 3, 0.05 / 2} {
		if diff := cmp.Diff(stat.Student(alpha/2, 10), tests[i].Half, cmpopts.EquateApprox(1e-12, 0)); diff != "" {
			t.Errorf("interval of test %d: %s", i, diff)
		}
	}
}

func TestPairedTestsTheDifferences(t *testing.T) {
	x, y := []float64{5, 7, 6, 9}, []float64{4, 5, 6, 6}
	// Differences 1, 2, 0, 3: mean 1.5, deviation sqrt(5/3), t = 2.3238 with 3 degrees of freedom, whose distribution has a closed form.
	want := stat.Test{Mean: 1.5, SE: 0.6454972, DF: 3, P: 0.1027281}
	if diff := cmp.Diff(want, stat.Paired(x, y), cmpopts.IgnoreUnexported(stat.Test{}), cmpopts.EquateApprox(1e-4, 0)); diff != "" {
		t.Error(diff)
	}
	if got := stat.Paired(x, x); got.P != 1 {
		t.Errorf("a sample differs from itself: %+v", got)
	}
}
