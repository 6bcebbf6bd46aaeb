package compare_test

import (
	"strings"
	"testing"

	"sweetspot/results"
	"sweetspot/results/compare"
	"sweetspot/results/internal/fixture"
	"sweetspot/results/render"
)

func gate(t *testing.T, words string) compare.Gate {
	t.Helper()
	g, err := compare.ParseGate(words)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestParseGateTakesASharePerFigure(t *testing.T) {
	for _, c := range []struct {
		words, figure string
		share         float64
	}{
		{"5%", "per_second", 0.05}, {"0.05", "per_second", 0.05}, {"0", "per_second", 0}, {"p99=10%", "p99", 0.1}, {" p999 = 0.5 ", "p999", 0.5}, {"cpu=20%", "cpu", 0.2},
	} {
		if g := gate(t, c.words); g.Figure.Name != c.figure || g.Share != c.share {
			t.Errorf("%q: got %s, %g", c.words, g.Figure.Name, g.Share)
		}
	}
	for words, want := range map[string]string{
		"5": "want a share below 100%", "-1%": "want a share", "NaN": "want a share", "100%": "want a share", "p99=": "or FIGURE=SHARE, such as p99=10%",
		"p42=5%": "want one of per_second, mean, p50,", "": "want a share", "=5%": "want one of",
	} {
		if _, err := compare.ParseGate(words); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: got %v, want %q", words, err, want)
		}
	}
}

// slowed returns a session in which the latencies of a strategy are longer by a factor.
func slowed(t *testing.T, seed uint64, blocks int, strategy string, by float64) *results.Run {
	run := fixture.Session(t, seed, blocks, "", 1)
	for i := range run.Trials {
		if l := &run.Trials[i].Latency; run.Trials[i].Strategy == strategy {
			l.P99 *= by
		}
	}
	return run
}

func TestThresholdsHoldForEveryFigure(t *testing.T) {
	c := between(t, fixture.Session(t, 8, 10, "", 1), slowed(t, 9, 10, "fasthttp", 1.5))
	c.Hold([]compare.Gate{gate(t, "30%"), gate(t, "p99=30%")})
	err := c.Unmet()
	if err == nil || !strings.HasPrefix(err.Error(), "fasthttp at limit 60: p99 rose by ") || strings.Contains(err.Error(), "\n") {
		t.Fatalf("got %v", err)
	}
	page := fixture.Written(t, c, render.Table, 0)
	for _, g := range c.Gates {
		if want := map[bool]compare.GateVerdict{true: compare.NotMet, false: compare.Met}[g.Strategy == "fasthttp" && g.Figure == "p99"]; g.Verdict != want {
			t.Errorf("%s of %s: %s, want %s", g.Figure, g.At, g.Verdict, want)
		}
		f, _ := results.FigureNamed(g.Figure)
		if g.Verdict == compare.NotMet && (!strings.Contains(err.Error(), "it was "+f.Write(g.Old)+" and is "+f.Write(g.New)) || !strings.Contains(page, f.Write(g.New))) {
			t.Errorf("%v: want the figures as in the table:\n%s", err, page)
		}
	}
	if len(c.Gates) != 2*len(c.Rows) || !strings.Contains(page, "not met") {
		t.Errorf("%d results for %d rows\n%s", len(c.Gates), len(c.Rows), page)
	}
}

func TestThresholdsThatTheIntervalsCannotShowAreNamed(t *testing.T) {
	for _, c := range []struct {
		blocks int
		words  string
		want   string
	}{
		{10, "1%", "goodput: a change of 1% cannot be seen in 3 rows: the interval of "},
		{10, "p99=2%", "99th percentile of the latency: a change of 2% cannot be seen in 3 rows: "},
		{10, "50%", ""},
		{10, "0", ""},
		{1, "20%", "goodput: a change of 20% cannot be seen: "},
	} {
		comparison := between(t, fixture.Session(t, 8, c.blocks, "", 1), fixture.Session(t, 9, c.blocks, "", 1))
		before := len(comparison.Warnings)
		comparison.Hold([]compare.Gate{gate(t, c.words)})
		var got results.Warning
		if added := comparison.Warnings[before:]; len(added) > 0 {
			got = added[0]
		}
		if (got.Code == results.WideInterval) != (c.want != "") || !strings.HasPrefix(got.Text, c.want) || comparison.Unmet() != nil {
			t.Errorf("%s of %d trials: warning %q, unmet %v, want %q", c.words, c.blocks, got.Text, comparison.Unmet(), c.want)
		}
	}
}
