package results_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sweetspot/results"
	"sweetspot/results/internal/fixture"
)

func TestVersusInWords(t *testing.T) {
	at := func(verdict results.VersusVerdict, figures ...float64) results.Versus {
		v := results.Versus{Strategy: "pool", Limit: 60, Verdict: verdict}
		for i, to := range []**float64{&v.Ratio, &v.Low, &v.High} {
			if i < len(figures) {
				*to = &figures[i]
			}
		}
		return v
	}
	for _, c := range []struct {
		v        results.Versus
		sentence string
	}{
		{at(results.VersusSlower, 0.85, 0.83, 0.88), "pool: target 0 is 12 to 17% slower than target 1."},
		{at(results.VersusSlower, 0.3, 0.25, 0.4), "pool: target 0 is 2.50 to 4.00× slower than target 1."},
		{at(results.VersusFaster, 1.1, 1.07, 1.13), "pool: target 0 is 7.0 to 13% faster than target 1."},
		{at(results.VersusFaster, 3, 2.5, 3.5), "pool: target 0 is 2.50 to 3.50× faster than target 1."},
		{at(results.VersusSame, 1, 0.979, 1.03), "pool: target 0 is 2.1% slower to 3.0% faster than target 1: not told apart."},
		{at(results.VersusSame, 1.2), "pool: too few to say."},
		{at(results.VersusSlower), "pool: target 0 is slower than target 1: it had trials without a success."},
		{at(results.VersusFaster), "pool: target 0 is faster than target 1: the other had trials without a success."},
		{at(results.VersusSame), "pool: not compared."},
		{at("", 1.2), "pool: not compared."},
	} {
		if got := c.v.Sentence(); got != c.sentence {
			t.Errorf("got %q, want %q", got, c.sentence)
		}
	}
}

func TestLoadReturnsTargets(t *testing.T) {
	run := fixture.Targeted(t)
	loaded, err := results.Load(fixture.Saved(t, t.TempDir(), run))
	if err != nil {
		t.Fatal(err)
	}
	for what, diff := range map[string]string{
		"targets": cmp.Diff(run.Targets, loaded.Targets), "versus": cmp.Diff(run.Versus, loaded.Versus),
		"first trial": cmp.Diff(run.Trials[0].At(), loaded.Trials[0].At()), "last trial": cmp.Diff(run.Trials[39].At(), loaded.Trials[39].At()),
	} {
		if diff != "" {
			t.Errorf("%s (-saved +loaded):\n%s", what, diff)
		}
	}
	if *loaded.Trials[0].Target != 0 || *loaded.Trials[3].Target != 1 {
		t.Errorf("targets %d and %d, want 0 and 1", *loaded.Trials[0].Target, *loaded.Trials[3].Target)
	}
	if got := loaded.Subject(); got != "http://127.0.0.1:41234/ against the bundled server, profile article, /" {
		t.Errorf("about %q", got)
	}
}

// What two servers reach says nothing about the strategies on one of them.
func TestSummariesAreSetBesideThoseOfTheSameTarget(t *testing.T) {
	for _, s := range fixture.Targeted(t).Strategies {
		if fastest := s.VersusFastest == 1; fastest != (s.Strategy == "fasthttp") {
			t.Errorf("%v reaches %g of the fastest on its target", s.At(), s.VersusFastest)
		}
	}
}

func TestHeadlineOfTwoTargets(t *testing.T) {
	run := fixture.Targeted(t)
	slower, same := run.Versus[0], run.Versus[1]
	for want, versus := range map[string][]results.Versus{
		"Target 0 is slower than target 1, with 1 of 2 strategies": {slower, same},
		"Target 0 is 9.4 to 17% slower than target 1, with pool":   {slower},
		"No difference shown between 2 targets":                    {same},
		"No comparison of the targets yet":                         nil,
	} {
		run.Versus = versus
		if got := run.Headline().String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
