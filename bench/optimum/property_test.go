package optimum_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sweetspot/bench/optimum"
)

// insane returns what is wrong with a conclusion about limits from least to most, whatever was measured; or "".
func insane(c optimum.Conclusion, least, most int) string {
	finite := func(x float64) bool { return x >= 0 && !math.IsInf(x, 1) }
	switch {
	case c.Low < least-1 || c.High > most || c.Low >= c.High:
		return fmt.Sprintf("the interval (%d, %d] is not within (%d, %d]", c.Low, c.High, least-1, most)
	case c.Limit <= c.Low || c.Limit > c.High:
		return fmt.Sprintf("the limit %d is not in (%d, %d]", c.Limit, c.Low, c.High)
	case c.Peak.Low > c.Peak.Limit || c.Peak.Limit > c.Peak.High || c.Peak.Low < least || c.Peak.High > most:
		return fmt.Sprintf("the peak %+v is not within [%d, %d]", c.Peak, least, most)
	case !finite(c.PerSecond) || !finite(c.Peak.PerSecond):
		return fmt.Sprintf("a rate is not a number: %v, %v", c.PerSecond, c.Peak.PerSecond)
	case c.Verdict == "":
		return "no verdict"
	case c.Thin && c.Verdict != optimum.Unstable && c.Verdict != optimum.Guess:
		return "thin measurements, and yet " + string(c.Verdict)
	}
	return ""
}

// FuzzSearch drives searches with arbitrary settings through arbitrary observations.
func FuzzSearch(f *testing.F) {
	f.Add(uint16(1), uint16(64), false, []byte{})
	f.Add(uint16(1), uint16(4096), true, []byte("any trial may measure anything at all, or fail, or never be added"))
	f.Add(uint16(7), uint16(7), false, []byte{255, 255, 0, 0, 255, 255, 1, 1, 0, 0, 9, 9})
	f.Fuzz(func(t *testing.T, least, span uint16, grid bool, bytes []byte) {
		settings := optimum.Settings{Min: 1 + int(least)%5000, Max: 1 + int(least)%5000 + int(span)%5000, MaxTrials: 200}
		if grid {
			settings.Limits = []int{settings.Min, (settings.Min + settings.Max) / 2, settings.Max}
		}
		search := optimum.New(settings)
		for trial, ok := search.Next(); ok; trial, ok = search.Next() {
			if trial.Limit < settings.Min || trial.Limit > settings.Max || trial.Completions < 1 {
				t.Fatalf("%+v is outside %+v", trial, settings)
			}
			if len(bytes) < 4 {
				break
			}
			if bytes[0] < 250 {
				search.Add(trial, arbitrary(bytes))
			}
			bytes = bytes[4:]
			if wrong := insane(search.Conclude(), settings.Min, settings.Max); wrong != "" {
				t.Fatal(wrong)
			}
		}
		if wrong := insane(search.Conclude(), settings.Min, settings.Max); wrong != "" {
			t.Fatal(wrong)
		}
	})
}

// arbitrary turns four bytes into an observation, now and then an absurd one.
func arbitrary(bytes []byte) optimum.Observation {
	o := optimum.Observation{
		PerSecond: float64(binary.LittleEndian.Uint16(bytes)),
		Failed:    float64(bytes[2]/200) * float64(bytes[3]) / 100,
		Timeouts:  bytes[3] > 250,
	}
	switch bytes[2] {
	case 1:
		o.PerSecond = math.NaN()
	case 2:
		o.PerSecond = math.Inf(1)
	case 3:
		o.PerSecond = -o.PerSecond
	case 4:
		o.PerSecond = 1e-300
	case 5:
		o.Failed = math.NaN()
	case 6:
		o.Completions = int(bytes[0])
	}
	return o
}

func TestSearchConcludesSanelyWhateverIsMeasured(t *testing.T) {
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 9))
		search := optimum.New(optimum.Settings{Max: 1 + random.IntN(5000), Seed: seed})
		least, most := 1, math.MaxInt
		for trial, ok := search.Next(); ok; trial, ok = search.Next() {
			search.Add(trial, arbitrary(binary.LittleEndian.AppendUint32(nil, random.Uint32())))
			if wrong := insane(search.Conclude(), least, most); wrong != "" {
				t.Fatalf("seed %d: %s", seed, wrong)
			}
		}
	}
}

// A record is a sweep that can be concluded from again, changed.
type record struct {
	settings optimum.Settings
	trials   []optimum.Trial
	seen     []optimum.Observation
}

func recorded(t *testing.T, s server, seed uint64) record {
	t.Helper()
	m := newSite(t, s, 4096).in(weather{noise: 0.03}, seed)
	r := record{settings: optimum.Settings{Max: s.largest(), Share: share, Seed: seed}}
	search := optimum.New(r.settings)
	for trial, ok := search.Next(); ok; trial, ok = search.Next() {
		seen := m.measure(trial)
		r.trials, r.seen = append(r.trials, trial), append(r.seen, seen)
		search.Add(trial, seen)
	}
	return r
}

// conclude adds the trials in an order, each changed, to a new search.
func (r record) conclude(order []int, change func(*optimum.Trial, *optimum.Observation)) optimum.Conclusion {
	search := optimum.New(r.settings)
	for _, i := range order {
		trial, seen := r.trials[i], r.seen[i]
		change(&trial, &seen)
		search.Add(trial, seen)
	}
	return search.Conclude()
}

func (r record) ascending() []int {
	order := make([]int, len(r.trials))
	for i := range order {
		order[i] = i
	}
	return order
}

func TestSearchConclusionScalesWithTheUnitOfRates(t *testing.T) {
	for _, s := range servers {
		r := recorded(t, s, 1)
		want := r.conclude(r.ascending(), func(*optimum.Trial, *optimum.Observation) {})
		want.PerSecond *= 1000
		want.Peak.PerSecond *= 1000
		want.Law = optimum.Law{Lambda: want.Law.Lambda * 1000, Sigma: want.Law.Sigma, Kappa: want.Law.Kappa}
		got := r.conclude(r.ascending(), func(_ *optimum.Trial, o *optimum.Observation) { o.PerSecond *= 1000 })
		if diff := cmp.Diff(want, got, cmpopts.EquateApprox(1e-9, 0)); diff != "" {
			t.Errorf("%s: a thousand times the rate changes more than the rates (-want +got):\n%s", s.name, diff)
		}
	}
}

func TestSearchConclusionDoesNotDependOnTheOrderOfTrials(t *testing.T) {
	unchanged := func(*optimum.Trial, *optimum.Observation) {}
	backwards := func(trial *optimum.Trial, _ *optimum.Observation) {
		if trial.Block > 0 {
			trial.Block = 100 - trial.Block
		}
	}
	for _, s := range servers {
		r := recorded(t, s, 2)
		want := r.conclude(r.ascending(), unchanged)
		shuffled := rand.New(rand.NewPCG(1, 2)).Perm(len(r.trials))
		if diff := cmp.Diff(want, r.conclude(shuffled, unchanged), cmpopts.EquateApprox(1e-9, 0)); diff != "" {
			t.Errorf("%s: the order of the trials matters (-want +got):\n%s", s.name, diff)
		}
		words := cmpopts.IgnoreFields(optimum.Conclusion{}, "Warnings") // which tell the drift's direction
		if diff := cmp.Diff(want, r.conclude(r.ascending(), backwards), words, cmpopts.EquateApprox(1e-9, 0)); diff != "" {
			t.Errorf("%s: the order of the blocks matters (-want +got):\n%s", s.name, diff)
		}
	}
}
