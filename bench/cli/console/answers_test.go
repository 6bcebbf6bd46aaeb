package console

import (
	"testing"
	"time"

	"sweetspot/results"
)

func TestAnswersSayWhatIsNew(t *testing.T) {
	said := answers{}
	guess := results.Optimum{Strategy: "pool", Verdict: results.Guess, Limit: 128, High: 4096, Explored: [2]int{1, 512}}
	rough := results.Optimum{Strategy: "pool", Verdict: results.Peak, Limit: 128, Low: 26, High: 256, Explored: [2]int{1, 1024}}
	closer := rough
	closer.High = 200
	sure := rough
	sure.Certain, sure.Low, sure.High = true, 28, 128
	for _, step := range []struct {
		at   time.Duration
		know results.Optimum
		want string
	}{
		{time.Second, results.Optimum{Strategy: "pool", Verdict: results.Unstable, Limit: 1, Explored: [2]int{1, 1}}, ""},
		{9 * time.Second, guess, ""},
		{11 * time.Second, guess, "after 11.0 s: pool: a limit of about 128 looks best so far, of limits up to 512"},
		{15 * time.Second, rough, ""},
		{22 * time.Second, rough, "after 22.0 s: pool: use about 128; the best limit is in (26, 256]"},
		{40 * time.Second, rough, ""},
		{41 * time.Second, closer, "after 41.0 s: pool: use about 128; the best limit is in (26, 200]"},
		{55 * time.Second, sure, "after 55.0 s: pool: use 128, 95% sure; the best limit is in (28, 128]"},
		{70 * time.Second, rough, ""}, // less certain than before
		{80 * time.Second, results.Optimum{Strategy: "pool", Verdict: results.Unstable}, ""},
	} {
		if got := said.line(step.know, step.at); got != step.want {
			t.Errorf("at %v: got %q, want %q", step.at, got, step.want)
		}
	}
}

func TestAnAnswerThatIsDecidedComesAtOnce(t *testing.T) {
	decided := results.Optimum{Strategy: "pool", Verdict: results.Plateau, Certain: true, Limit: 8, Low: 4, High: 8, Explored: [2]int{1, 64}}
	if got := (answers{}).line(decided, 4*time.Second); got == "" {
		t.Error("got nothing, want the answer")
	}
	rising := results.Optimum{Strategy: "pool", Verdict: results.Unstable, Limit: 64, Explored: [2]int{1, 64}}
	if got, want := (answers{}).line(rising, 12*time.Second), "after 12.0 s: pool: goodput still rises at 64, the largest limit tried so far"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
