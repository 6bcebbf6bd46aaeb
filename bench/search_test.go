package bench

import (
	"strings"
	"testing"

	"sweetspot/results"
)

func TestHarmIsSeenAtItsFirstSign(t *testing.T) {
	fine := results.Trial{Limit: 64, Started: 1000, Succeeded: 1000, PerSecond: 1000}
	with := func(change func(*results.Trial)) *results.Trial { t := fine; change(&t); return &t }
	for _, test := range []struct {
		name  string
		trial *results.Trial
		want  string // a part of what is said; empty: no harm
	}{
		{"nothing", &fine, ""},
		{"one 429", with(func(t *results.Trial) { t.Status = map[int]int64{200: 999, 429: 1} }), "turned 1 requests away"},
		{"one 503", with(func(t *results.Trial) { t.Status = map[int]int64{503: 1} }), "turned 1 requests away"},
		{"1% failures", with(func(t *results.Trial) { t.Succeeded = 990 }), ""},
		{"over 1% failures", with(func(t *results.Trial) { t.Succeeded, t.FirstError = 989, "reset by peer" }), "1.1% of the requests failed: reset by peer"},
		{"goodput a little down", with(func(t *results.Trial) { t.PerSecond = 600 }), ""},
		{"goodput of a limit that is too small", with(func(t *results.Trial) { t.Limit, t.PerSecond = 16, 400 }), ""},
		{"goodput collapsed", with(func(t *results.Trial) { t.PerSecond = 400 }), "fell to 40% of the best"},
	} {
		got := harm(test.trial, &results.Trial{Limit: 32, PerSecond: 1000})
		if test.want == "" && got != "" || !strings.Contains(got, test.want) {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func TestThirdsOfATrialAreOfItsWholeSeconds(t *testing.T) {
	trial := results.Trial{Elapsed: 7.5}
	for _, n := range []int64{80, 80, 70, 60, 50, 40, 50, 20} {
		trial.Series = append(trial.Series, results.Second{Succeeded: n})
	}
	if early, late := thirds(&trial); early != 80 || late != 45 {
		t.Errorf("%v early and %v late, want 80 and 45", early, late)
	}
	trial.Elapsed, trial.Series = 2.9, trial.Series[:3]
	if early, late := thirds(&trial); early != 0 || late != 0 {
		t.Errorf("%v early and %v late in less than three seconds, want nothing", early, late)
	}
}
