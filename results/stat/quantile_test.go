package stat_test

import (
	"math"
	"testing"

	"sweetspot/results/stat"
)

func near(got, want, tolerance float64) bool { return math.Abs(got-want) <= tolerance }

// The figures are those of printed tables (Fisher and Yates 1963).
func TestStudentAndFAgreeWithPrintedTables(t *testing.T) {
	for _, c := range []struct {
		alpha float64
		df    int
		want  float64
	}{{0.025, 1, 12.706}, {0.05, 5, 2.015}, {0.025, 10, 2.228}, {0.005, 30, 2.750}, {0.0005, 20, 3.850}} {
		if got := stat.Student(c.alpha, float64(c.df)); !near(got, c.want, 5e-4) {
			t.Errorf("Student(%v, %d) = %.4f, want %v", c.alpha, c.df, got, c.want)
		}
	}
	for _, c := range []struct {
		f      float64
		d1, d2 int
		want   float64
	}{{3.0984, 3, 20, 0.05}, {3.3258, 5, 10, 0.05}, {4.9646, 1, 10, 0.05}, {5.6363, 5, 10, 0.01}} {
		if got := stat.FSurvival(c.f, float64(c.d1), float64(c.d2)); !near(got, c.want, 1e-4) {
			t.Errorf("FSurvival(%v, %d, %d) = %.5f, want %v", c.f, c.d1, c.d2, got, c.want)
		}
	}
}

func TestFiellerAgreesWithAnalyticCases(t *testing.T) {
	// Estimates 2 and 1, each with a standard error of 0.1, uncorrelated, t = 2: (2 -+ sqrt(0.1984)) / 0.96.
	low, high, ok := stat.Fieller(2, 1, 0.01, 0, 0.01, 2)
	if !ok || !near(low, 1.61936, 1e-5) || !near(high, 2.54731, 1e-5) {
		t.Errorf("Fieller = %.5f, %.5f, %v, want 1.61936, 2.54731", low, high, ok)
	}
	// With a denominator that is known it is the plain interval x/y -+ t se.
	low, high, ok = stat.Fieller(3, 2, 0.04, 0, 0, 2)
	if !ok || !near(low, 1.3, 1e-12) || !near(high, 1.7, 1e-12) {
		t.Errorf("Fieller with a known denominator = %v, %v, %v, want 1.3, 1.7", low, high, ok)
	}
	// With a denominator that may be 0 it is unbounded.
	if _, _, ok := stat.Fieller(2, 1, 0.01, 0, 0.3, 2); ok {
		t.Error("Fieller with a denominator that may be 0 claims to be bounded")
	}
}

func TestFiellerEndsTStandardErrorsAway(t *testing.T) {
	const x, y, xx, xy, yy, q = 5.0, 3.0, 0.2, 0.05, 0.1, 2.5
	low, high, ok := stat.Fieller(x, y, xx, xy, yy, q)
	if !ok {
		t.Fatal("unbounded")
	}
	for _, r := range []float64{low, high} {
		if z := math.Abs(x-r*y) / math.Sqrt(xx-2*r*xy+r*r*yy); !near(z, q, 1e-9) {
			t.Errorf("at %v the ratio is %v standard errors away, want %v", r, z, q)
		}
	}
}
