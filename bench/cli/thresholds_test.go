package cli_test

import (
	"strings"
	"testing"

	"sweetspot/results"
	"sweetspot/server"
)

func TestThresholdThatIsNotMetEndsWithStatus3(t *testing.T) {
	srv := startServer(t, server.Config{Seed: 5, Fail: server.Failures{Status500: 0.2}})
	for _, c := range []struct {
		name   string
		args   []string
		status int
		want   []string // on stderr, one line each
	}{
		{"all met", []string{"--require", "per_second(pool) > 1", "--require", "p50(pool) < 1m", "--max-error-rate", "60%"}, 0, nil},
		{"two not met", []string{"--require", "per_second(pool) > 1e9", "--require", "p99(pool) < p50(pool)"}, 3, []string{
			"sweetspot: not met: per_second(pool) > 1e9: per_second(pool) is ",
			"sweetspot: not met: p99(pool) < p50(pool): p99(pool) is ",
		}},
		{"errors", []string{"--max-error-rate", "1%"}, 3, []string{"sweetspot: not met: --max-error-rate 1%: pool had "}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			args := append([]string{"bench", "-s", "pool", "-n", "200", "-c", "8", "--repeats", "2", "-q", "--out", dir, srv.URL()}, c.args...)
			got := sweetspot(t.Context(), args...)
			lines := strings.SplitAfter(got.stderr, "\n")
			if got.status != c.status || len(lines)-1 != len(c.want) || !strings.Contains(got.stdout, "\npool ") {
				t.Errorf("exit status %d, want %d and %d lines:\n%s\n%s", got.status, c.status, len(c.want), got.stderr, got.stdout)
			}
			for i, want := range c.want {
				if !strings.HasPrefix(lines[min(i, len(lines)-1)], want) {
					t.Errorf("line %d of stderr is %q, want %q", i+1, lines[min(i, len(lines)-1)], want)
				}
			}
			if run := opened(t, dir); len(run.Trials) != 2 || len(run.Strategies) != 1 {
				t.Errorf("saved %d trials and %d summaries, want 2 and 1", len(run.Trials), len(run.Strategies))
			}
		})
	}
}

func TestThresholdOfASweepIsForItsLimit(t *testing.T) {
	got := sweetspot(t.Context(), "sweep", "-s", "pool", "-d", "50ms", "--limits", "1,2,4", "--budget", "3s", "--format", "json",
		"--require", "limit(pool) >= 100", startServer(t, server.Config{}).URL())
	if run := got.run(t); got.status != 3 || len(run.Optima) != 1 || !strings.Contains(got.stderr, "sweetspot: not met: limit(pool) >= 100: limit(pool) is ") {
		t.Errorf("exit status %d, want 3: %+v\n%s", got.status, run.Optima, got.stderr)
	}
}

func TestARunAnnouncesHowLongItTakes(t *testing.T) {
	refused := server.Config{Fail: server.Failures{Status500: 1}} // so that the run ends at once
	for args, want := range map[string]string{
		"sweep --budget 4m -s all":           "at most 6 min: -s chooses strategies, --budget the time; Ctrl-C ends it with what is known by then\n",
		"sweep --budget 4m -s pool":          "sweeping pool: about 3 min 30 s, at most 4 min; Ctrl-C ends it with what is known by then\n",
		"sweep --budget 4m -s pool -q":       "",
		"sweep --budget 5s":                  "",
		"bench -s pool,fasthttp -d 1s":       "measuring 20 trials: about 36.0 s\n",
		"bench -s pool,fasthttp -d 1s -q":    "",
		"bench -s pool,fasthttp --repeats 1": "",
		"bench -s pool,fasthttp -n 5":        "",
	} {
		words := strings.Fields(args)
		if words[0] == "sweep" {
			words = append(words, "--min", "1", "--max", "1", "-d", "1ms", "--warmup", "0s", "--repeats", "1")
		}
		got := sweetspot(t.Context(), append(words, startServer(t, refused).URL())...)
		said := strings.Contains(got.stderr, ": about ")
		if said != (want != "") || !strings.Contains(got.stderr, want) {
			t.Errorf("%s: want %q in:\n%s", args, want, got.stderr)
		}
	}
}

// The sum of a strategy's rows must not include the trials of its second copy.
func TestCSVHasOnlyTrialsThatCount(t *testing.T) {
	url := startServer(t, server.Config{}).URL()
	args := []string{"bench", "-s", "pool,fasthttp", "-n", "50", "-c", "4", "--repeats", "10", "--seed", "1", url}
	whole := sweetspot(t.Context(), append(args, "--format", "json")...).run(t)
	controls := 0
	for _, trial := range whole.Trials {
		if trial.Purpose == results.Control {
			controls++
		}
	}
	rows := strings.Count(sweetspot(t.Context(), append(args, "--format", "csv")...).stdout, "\n") - 1
	if controls == 0 || rows != len(whole.Trials)-controls {
		t.Errorf("%d rows, want those of %d trials without %d controls", rows, len(whole.Trials), controls)
	}
}
