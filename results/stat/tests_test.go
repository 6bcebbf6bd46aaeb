package stat_test

import (
	"math"
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
	got := stat.Welch(x, y, stat.Beyond{})
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
	if diff := cmp.Diff(want, stat.Paired(x, y, stat.Beyond{}), cmpopts.IgnoreUnexported(stat.Test{}), cmpopts.EquateApprox(1e-4, 0)); diff != "" {
		t.Error(diff)
	}
	if got := stat.Paired(x, x, stat.Beyond{}); got.P != 1 {
		t.Errorf("a sample differs from itself: %+v", got)
	}
}

// The data are those of Student (1908): hours of sleep gained by ten patients with one drug and with another.
// The paired test gives t = 4.0621 and p = 0.002833; the interval of the mean difference is 0.7001 to 2.4599.
func TestPairedIsStudents(t *testing.T) {
	first := []float64{0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2}
	second := []float64{1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4}
	test := stat.Paired(second, first, stat.Beyond{})
	stat.Holm([]*stat.Test{&test})
	got := []float64{test.P, test.Mean, test.Mean - test.Half, test.Mean + test.Half}
	if diff := cmp.Diff([]float64{0.002833, 1.58, 0.7001, 2.4599}, got, cmpopts.EquateApprox(5e-5, 5e-7)); diff != "" {
		t.Error(diff)
	}
}

// A part of the variance that the values do not show widens the interval, with degrees of freedom of its own.
func TestWhatIsBeyondTheValuesWidensTheInterval(t *testing.T) {
	x, y := []float64{5, 7, 6, 9}, []float64{4, 5, 6, 6} // a mean of 1.5, its variance 5/12 with 3 degrees of freedom
	half := func(beyond stat.Beyond) (float64, float64) {
		test := stat.Paired(x, y, beyond)
		stat.Holm([]*stat.Test{&test})
		return test.Half, test.DF
	}
	plain, _ := half(stat.Beyond{})
	if allowed, _ := half(stat.Beyond{Allowance: 0.25}); allowed-plain != 0.25 {
		t.Errorf("an allowance of 0.25 widens the interval by %g", allowed-plain)
	}
	want := math.Pow(5./12+1, 2) / (math.Pow(5./12, 2)/3 + 1./20)
	wider, df := half(stat.Beyond{Variance: 1, DF: 20})
	if diff := cmp.Diff([]float64{want, stat.Student(0.025, want) * math.Sqrt(5./12+1)}, []float64{df, wider}, cmpopts.EquateApprox(1e-9, 0)); diff != "" {
		t.Error(diff)
	}
}

func TestMeansPoolsTheVarianceOfSidesThatAreAlike(t *testing.T) {
	for _, c := range []struct {
		name          string
		first, second []float64
		want          stat.Test
	}{
		// Both vary by 1, so that a mean of two has half of it: sqrt(0.5 + 0.5), 2 degrees of freedom.
		{"two a side", []float64{1, 1 + math.Sqrt2}, []float64{11, 11 + math.Sqrt2}, stat.Test{Mean: 10, SE: 1, DF: 2}},
		// The variance 1 of the three stands for that of the one: sqrt(1/3 + 1).
		{"one and three", []float64{0}, []float64{1, 2, 3}, stat.Test{Mean: 2, SE: math.Sqrt(4. / 3), DF: 2}},
		// Welch: variances of the means 1/2 and 1/3, (5/6)^2 / (1/4/1 + 1/9/2).
		{"two and three", []float64{1, 1 + math.Sqrt2}, []float64{1, 2, 3}, stat.Test{Mean: 2 - 1 - math.Sqrt2/2, SE: math.Sqrt(5. / 6), DF: 25. / 11}},
	} {
		got := stat.Means(c.first, c.second)
		got.P = 0
		if diff := cmp.Diff(c.want, got, cmpopts.IgnoreUnexported(stat.Test{}), cmpopts.EquateApprox(1e-9, 0)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}
