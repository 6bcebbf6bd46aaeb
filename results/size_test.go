package results_test

import (
	"math"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"sweetspot/results"
	"sweetspot/results/internal/fixture"
)

// busy returns a trial of that many seconds at 50,000 requests a second, as against a server that answers at once.
func busy(t testing.TB, random *rand.Rand, seconds float64) results.Trial {
	trial := results.Trial{Strategy: "eventloop", Limit: 60, WarmupRequests: 10_000, CutOff: 60, Elapsed: seconds, CPU: 0.61 * seconds,
		Offset: 3600 * random.Float64(), InFlightMean: 59.987654321098765, Wire: 0.001154321, Scheduling: 0.000229376, Connections: 60,
		Warnings: []results.Warning{{Text: "the client used 87% of its processors: it may be the bottleneck, not the server"}},
		Failed: map[string]int64{"decode": 0, "dns": 0, "malformed": 0, "other": 0, "refused": 0, "reset": 0, "status": 0,
			"timeout": 0, "tls": 0, "truncated": 0}}
	histogram := results.NewHistogram()
	for range 25_000 {
		histogram.Record(time.Duration(1.1e6 * math.Exp(0.5*random.NormFloat64())))
	}
	trial.Latency = histogram.Latency()
	for double := histogram; float64(double.Count()) < 50_000*seconds; { // as wide, and with counts that take more digits
		double.Merge(double)
	}
	trial.Succeeded = histogram.Count()
	trial.Started = trial.Succeeded + trial.CutOff
	trial.Status = map[int]int64{200: trial.Succeeded}
	trial.Bytes = 24 * trial.Succeeded
	trial.PerSecond = float64(trial.Succeeded) / seconds
	var err error
	if trial.Histogram, err = histogram.Encode(); err != nil {
		t.Fatal(err)
	}
	if whole := int64(seconds); whole >= 2 {
		for range whole {
			trial.Series = append(trial.Series, results.Second{Succeeded: trial.Succeeded / whole, Mean: 0.0012345678901234567})
		}
		trial.Series[0].Succeeded += trial.Succeeded % whole
	}
	return trial
}

// The file of an hour's run takes at most 20 MB: of one trial per strategy that lasts an hour, and of as many usual trials of
// half a second as an hour can have, each after the shortest warm-up.
func TestFileOfAnHourIsSmall(t *testing.T) {
	const most = 20_000_000
	random := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		name    string
		seconds float64
		trials  int
	}{
		{"long trials", 3600, 8},
		{"the usual trials", 0.5, 36_000 / (5 + 2)},
	} {
		run := fixture.Empty("bench")
		const sample = 8 // of the trials, to save the time of making all of them
		for range sample {
			run.Trials = append(run.Trials, busy(t, random, c.seconds))
		}
		path := fixture.Saved(t, t.TempDir(), run)
		if _, err := results.Load(path); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if size := info.Size() * int64(c.trials) / sample; size > most {
			t.Errorf("%s: %d trials take %d bytes, want at most %d", c.name, c.trials, size, int(most))
		} else {
			t.Logf("%s: %d trials take %.1f MB", c.name, c.trials, float64(size)/1e6)
		}
	}
}
