package results

import "testing"

func TestVersusClaimsNoMoreThanTheTrialsShow(t *testing.T) {
	for _, c := range []struct {
		verdict Standing
		trials  int
		versus  float64
		want    string
	}{
		{Fastest, 10, 1, "fastest"},
		{Indistinguishable, 10, 0.99, "~ fastest"},
		{Indistinguishable, 9, 0.06, "too few to say"},
		{Slower, 10, 0.61, "39% slower"},
		{Slower, 10, 0.1, "10.0× slower"},
		{Slower, 10, 0, "slower"},
		{"", 10, 1, ""},
	} {
		if got := (Summary{Verdict: c.verdict, Trials: c.trials, VersusFastest: c.versus}).Versus(); got != c.want {
			t.Errorf("%s of %d trials, %g of the fastest: got %q, want %q", c.verdict, c.trials, c.versus, got, c.want)
		}
	}
}
