package compare_test

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"sweetspot/results"
	"sweetspot/results/compare"
	"sweetspot/results/internal/fixture"
	"sweetspot/results/render"
)

// comparisons are pairs of runs that golden files show, each with what its tables can say.
func comparisons(t *testing.T) map[string]*compare.Comparison {
	elsewhere := fixture.Session(t, 9, 10, "fasthttp", 0.8)
	elsewhere.Target = "http://127.0.0.1:8081/"
	elsewhere.Machine.CPUs, elsewhere.Machine.CPU = 4, "another"
	elsewhere.Settings.TimeoutSeconds = 5
	broken := fixture.Session(t, 8, 10, "", 1)
	for i := range broken.Trials {
		switch trial := &broken.Trials[i]; {
		case trial.Strategy == "pool" && trial.Block == 3:
			fixture.Succeed(t, nil, trial, 0)
			fixture.Fail(trial, "connect", 10, "dial tcp 127.0.0.1:41234: connect: connection refused")
		case trial.Strategy == "sequential":
			trial.Strategy = "adaptive"
		}
	}
	return map[string]*compare.Comparison{
		"same":      between(t, fixture.Session(t, 8, 10, "", 1), fixture.Session(t, 9, 10, "", 1)),
		"slower":    between(t, fixture.Session(t, 8, 10, "", 1), fixture.Session(t, 9, 10, "fasthttp", 0.8)),
		"faster":    between(t, fixture.Session(t, 8, 10, "", 1), fixture.Session(t, 9, 10, "sequential", 2.5)),
		"once":      between(t, fixture.Session(t, 8, 1, "", 1), fixture.Session(t, 9, 10, "", 1)),
		"elsewhere": between(t, fixture.Session(t, 8, 10, "", 1), elsewhere),
		"broken":    between(t, fixture.Session(t, 8, 10, "", 1), broken),
		"hostile":   between(t, fixture.Hostile(t), fixture.Hostile(t)),
		"sweeps":    between(t, fixture.SweptTwice(t), moved(t)),
		"several":   several(t),
	}
}

func between(t testing.TB, old, new *results.Run) *compare.Comparison {
	t.Helper()
	comparison, err := compare.Runs(old, new)
	if err != nil {
		t.Fatal(err)
	}
	return comparison
}

// several returns a comparison of three runs with two.
func several(t testing.TB) *compare.Comparison {
	t.Helper()
	old := []*results.Run{fixture.Session(t, 6, 10, "", 1), fixture.Session(t, 7, 10, "", 1), fixture.Session(t, 8, 10, "", 1)}
	new := []*results.Run{fixture.Session(t, 9, 10, "fasthttp", 0.8), fixture.Session(t, 10, 10, "fasthttp", 0.8)}
	comparison, err := compare.Sides(old, new, compare.UsualFloor)
	if err != nil {
		t.Fatal(err)
	}
	return comparison
}

// moved returns a sweep of two strategies that found the semaphore's limit elsewhere.
func moved(t testing.TB) *results.Run {
	run := fixture.SweptTwice(t)
	run.Optima[0].Limit, run.Optima[0].Low, run.Optima[0].High = 69, 52, 69
	return run
}

func TestComparisonLooksAsBefore(t *testing.T) {
	all := comparisons(t)
	for _, c := range []struct {
		name   string
		format string
		width  int
	}{
		{"same", render.Table, 120}, {"slower", render.Table, 120}, {"slower", render.Table, 60}, {"slower", render.Markdown, 0},
		{"slower", render.CSV, 0}, {"slower", render.JSON, 0}, {"slower", render.Benchfmt, 0}, {"faster", render.Table, 80},
		{"once", render.Table, 100}, {"once", render.CSV, 0}, {"elsewhere", render.Table, 100}, {"broken", render.Table, 130},
		{"hostile", render.Table, 80}, {"hostile", render.Markdown, 0}, {"sweeps", render.Table, 100}, {"several", render.Table, 120}, {"several", render.CSV, 0},
	} {
		name := fmt.Sprintf("%s-%s-%d.golden", c.name, c.format, c.width)
		t.Run(name, func(t *testing.T) {
			fixture.Golden(t, filepath.Join("testdata", name), fixture.Written(t, all[c.name], c.format, c.width))
		})
	}
}

func TestUnmetThresholdsAreCertain(t *testing.T) {
	for _, c := range []struct {
		name      string
		share     float64
		threshold float64
		want      string
	}{
		{"20% slower, 5% allowed", 0.8, 0.05, "fasthttp at limit 60: goodput fell by 15% to 26%, 95% sure: more than the threshold of 5%; it was 532 and is 424"},
		{"20% slower, 20% allowed", 0.8, 0.2, ""},
		{"4% slower, 5% allowed", 0.96, 0.05, ""},
		{"20% faster, nothing allowed", 1.2, 0, ""},
	} {
		comparison := between(t, fixture.Session(t, 8, 10, "", 1), fixture.Session(t, 9, 10, "fasthttp", c.share))
		comparison.Hold([]compare.Gate{gate(t, fmt.Sprint(c.threshold))})
		got := ""
		if err := comparison.Unmet(); err != nil {
			got = err.Error()
		}
		if !strings.HasPrefix(got, c.want) || (got == "") != (c.want == "") || strings.Contains(got, "\n") {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
	}
	broken := comparisons(t)["broken"]
	broken.Hold([]compare.Gate{gate(t, "50%")})
	const want = "pool at limit 60: the new run had trials without a success, the old one had none"
	if err := broken.Unmet(); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestRunsRejectsRunsWithNothingInCommon(t *testing.T) {
	old, new := fixture.Session(t, 8, 1, "", 1), fixture.Swept(t)
	const want = "nothing in common: old has sequential at limit 1, pool at limit 60, " +
		"fasthttp at limit 60; new has semaphore at limit 1, " +
		"semaphore at limit 2, semaphore at limit 4, semaphore at limit 8, semaphore at limit 16, semaphore at limit 32, " +
		"semaphore at limit 44, semaphore at limit 52, 6 more"
	if _, err := compare.Runs(old, new); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	if _, err := compare.Runs(fixture.Empty("bench"), old); err == nil || !strings.HasPrefix(err.Error(), "nothing in common: old has nothing; new has sequential") {
		t.Errorf("got %v", err)
	}
}

func TestDifferencesNamesOtherRequests(t *testing.T) {
	usual := fixture.Empty("bench").Settings
	for want, change := range map[string]func(s *results.Settings){
		"":                            func(s *results.Settings) { s.DurationSeconds = 10 },
		"method GET and POST":         func(s *results.Settings) { s.Method = "POST" },
		"rate none and 500":           func(s *results.Settings) { s.Rate = 500 },
		"decode none and json":        func(s *results.Settings) { s.Decode = "json" },
		"timeout 30s and 0.5s":        func(s *results.Settings) { s.TimeoutSeconds = 0.5 },
		"expected none and bytes > 0": func(s *results.Settings) { s.Expect = "bytes > 0" },
		"retries 0 and 2":             func(s *results.Settings) { s.Retries = 2 },
		"insecure false and true":     func(s *results.Settings) { s.Insecure = true },
		"trials of a duration and 4,000 requests": func(s *results.Settings) {
			s.Requests, s.DurationSeconds = 4000, 0
		},
	} {
		other := usual
		change(&other)
		if got := strings.Join(compare.Differences(usual, other), "; "); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestRunsTakesTheBundledServerForTheSameOnAnyPort(t *testing.T) {
	for _, c := range []struct {
		target, profile string
		want            bool
	}{
		{"http://127.0.0.1:50000/", "article", true},
		{"http://127.0.0.1:50000/", "plateau", false},
		{"http://127.0.0.1:50000/{1..9}", "article", false},
		{"http://127.0.0.1:41234/", "", false},
	} {
		old, new := fixture.Session(t, 8, 1, "", 1), fixture.Session(t, 8, 1, "", 1)
		old.Bundled = &results.Bundled{Profile: "article"}
		new.Target = c.target
		if c.profile != "" {
			new.Bundled = &results.Bundled{Profile: c.profile}
		}
		if got := between(t, old, new).Warnings; (len(got) == 0) != c.want {
			t.Errorf("%+v: got %q", c, got)
		}
	}
}

func TestRunsIgnoresTrialsWithAPurpose(t *testing.T) {
	old, new := fixture.Session(t, 8, 3, "", 1), fixture.Session(t, 8, 3, "", 1)
	for _, purpose := range []results.Purpose{results.Control, results.Causal, results.Interrupted} {
		trial := new.Trials[1]
		trial.Purpose, trial.PerSecond = purpose, 1
		new.Trials = append(new.Trials, trial)
	}
	for _, row := range between(t, old, new).Rows {
		if *row.Ratio != 1 || row.New.Trials != 3 {
			t.Errorf("%s: ratio %g of %d trials, want 1 of 3", row.Strategy, *row.Ratio, row.New.Trials)
		}
	}
}

func TestMeasureFloorFindsTheComponentBetweenRuns(t *testing.T) {
	var runs []*results.Run
	for i := range uint64(20) {
		run := fixture.Session(t, i, 10, "", 1)
		for k := range run.Trials {
			run.Trials[k].PerSecond *= math.Exp(0.03 * float64(2*(i%2)) / 2) // two values 3% apart: a deviation of 1.54%
		}
		runs = append(runs, run)
	}
	floor, err := compare.MeasureFloor(runs)
	if err != nil || math.Abs(floor.Deviation-0.0154) > 0.001 || floor.DF < 15 || floor.DF > 19 || floor.Runs != 20 {
		t.Errorf("%+v, %v", floor, err)
	}
	if floor.Strategy.Deviation > 0.005 {
		t.Errorf("a strategy differs by %g on its own: want next to nothing, since the runs differ as a whole", floor.Strategy.Deviation)
	}
	path := filepath.Join(t.TempDir(), "new", "floor.json")
	if err := floor.Save(path); err != nil {
		t.Fatal(err)
	}
	if loaded, err := compare.LoadFloor(path); err != nil || loaded != floor {
		t.Errorf("saved %+v, loaded %+v, %v", floor, loaded, err)
	}
	runs[3].Machine.CPUs = 64
	if _, err := compare.MeasureFloor(runs); err == nil || !strings.Contains(err.Error(), "the runs are not alike: CPUs 2 and 64") {
		t.Errorf("runs of two machines: %v", err)
	}
	comparison, err := compare.Sides(runs[3:4], runs[3:4], floor)
	if err != nil || len(comparison.Warnings) != 1 || comparison.Warnings[0].Code != results.ForeignFloor {
		t.Errorf("a floor of another machine: %v, %v", comparison.Warnings, err)
	}
}

// A limit has moved only if every sweep of one side says so beside every sweep of the other.
func TestSidesCompareTheLimitsOfAllSweeps(t *testing.T) {
	old, same, new := fixture.SweptTwice(t), fixture.SweptTwice(t), moved(t)
	for _, c := range []struct {
		old, new []*results.Run
		want     compare.Verdict
	}{
		{[]*results.Run{old, same}, []*results.Run{new, new}, compare.Higher},
		{[]*results.Run{old, new}, []*results.Run{new}, compare.Indistinguishable},
	} {
		comparison, err := compare.Sides(c.old, c.new, compare.UsualFloor)
		if err != nil || comparison.Optima[0].Verdict != c.want {
			t.Errorf("got %+v, %v, want %s", comparison.Optima, err, c.want)
		}
	}
}

// What a run has of its own cancels in the ratio of its strategies; what a strategy has does not.
func TestMeasureFloorTellsStrategiesFromRuns(t *testing.T) {
	var runs []*results.Run
	for i := range uint64(20) {
		run := fixture.Session(t, i, 10, "pool", 1+0.1*float64(i%2)) // a deviation of 4.9% of one of three strategies
		runs = append(runs, run)
	}
	floor, err := compare.MeasureFloor(runs)
	if want := math.Sqrt(2./3) * 0.0489 / math.Sqrt2; err != nil || math.Abs(floor.Strategy.Deviation-want) > 0.002 {
		t.Errorf("%+v, %v, want a deviation of %g", floor.Strategy, err, want)
	}
}
