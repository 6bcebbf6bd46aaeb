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

func TestVersusSaysHowMuchSlowerByTheInterval(t *testing.T) {
	for _, c := range []struct {
		verdict   Standing
		low, high float64
		want      string
		close     bool
	}{
		{Fastest, 1, 1, "fastest", false},
		{Slower, 0.83, 0.88, "12 to 17% slower", false},
		{Slower, 0.953, 0.981, "1.9 to 4.7% slower", false},
		{Slower, 0.61, 0.612, "39% slower", false},
		{Slower, 0.4, 0.6, "40 to 60% slower", false},
		{Slower, 0.2, 0.25, "4.00 to 5.00× slower", false},
		{Slower, 0, 0.25, "at least 4.00× slower", false},
		{Indistinguishable, 0.5, 1, "0 to 50% slower: not told apart", false},
		{Indistinguishable, 0.972, 1, "0 to 2.8% slower: not told apart", true},
	} {
		s := Summary{Verdict: c.verdict, Trials: 10, VersusFastest: 0.9, VersusLow: &c.low, VersusHigh: &c.high}
		if got := s.Versus(); got != c.want || s.IsClose() != c.close {
			t.Errorf("%s from %g to %g: got %q, close %v, want %q, %v", c.verdict, c.low, c.high, got, s.IsClose(), c.want, c.close)
		}
	}
}
