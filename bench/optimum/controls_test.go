package optimum_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"sweetspot/bench/optimum"
)

// These are the ways to be wrong that the finder avoids. Each must miss a target that the finder reaches, or else the
// targets would not be worth reaching.

const controlRuns = 100

// control scores a way of concluding over many sweeps of a server.
func control(t *testing.T, s server, in func(seed int) weather, conclude func(m *machine, seed uint64) optimum.Conclusion) []string {
	t.Helper()
	t.Parallel()
	site := newSite(t, s, scaled.max)
	sum := &score{name: s.name, aims: s.aims}
	for seed := range controlRuns {
		m := site.in(in(seed), uint64(seed))
		sum.add(m, conclude(m, uint64(seed)))
	}
	t.Log("\n" + header + sum.row("control"))
	return sum.misses()
}

func anyWeather(seed int) weather { return weathers[seed%len(weathers)] }

// means returns the mean goodput by limit.
func means(trials []optimum.Trial, seen []optimum.Observation) map[int]float64 {
	sum, n := make(map[int]float64), make(map[int]float64)
	for i, trial := range trials {
		sum[trial.Limit] += seen[i].PerSecond
		n[trial.Limit]++
	}
	for limit := range sum {
		sum[limit] /= n[limit]
	}
	return sum
}

// argmax returns the key of the largest value.
func argmax(values map[int]float64) int {
	best := 0
	for limit, value := range values {
		if best == 0 || value > values[best] || value == values[best] && limit < best {
			best = limit
		}
	}
	return best
}

func TestControlArgmaxOfNoisyMeansMisplacesThePeak(t *testing.T) {
	grid := []int{16, 23, 32, 45, 64, 91, 128, 181, 256} // with 64, which is within 7% of the peak
	misses := control(t, named("3"), anyWeather, func(m *machine, seed uint64) optimum.Conclusion {
		var trials []optimum.Trial
		var seen []optimum.Observation
		for range 7 {
			for _, limit := range grid {
				trial := optimum.Trial{Limit: limit, Completions: 20 * limit}
				trials, seen = append(trials, trial), append(seen, m.measure(trial))
			}
		}
		best := argmax(means(trials, seen))
		return optimum.Conclusion{Limit: best, High: best, Peak: optimum.PeakLimit{Limit: best}, Modelled: true}
	})
	if len(misses) == 0 {
		t.Error("the argmax of means reached the targets")
	}
}

func TestControlBootstrappedCrossingIsTooSure(t *testing.T) {
	misses := control(t, named("3"), anyWeather, func(m *machine, seed uint64) optimum.Conclusion {
		byLimit := make(map[int][]float64) // the very trials that the finder would have used
		search := scaled.search(m.site, seed)
		for trial, ok := search.Next(); ok && m.elapsed < scaled.of(m.site); trial, ok = search.Next() {
			seen := m.measure(trial)
			search.Add(trial, seen)
			byLimit[trial.Limit] = append(byLimit[trial.Limit], seen.PerSecond)
		}
		random := rand.New(rand.NewPCG(seed, 8))
		crossings := make([]float64, 400)
		for i := range crossings {
			resampled := make(map[int]float64)
			for limit, values := range byLimit {
				for range values {
					resampled[limit] += values[random.IntN(len(values))] / float64(len(values))
				}
			}
			crossings[i] = crossing(resampled)
		}
		low, high := quantile(crossings, 0.025), quantile(crossings, 0.975)
		c := search.Conclude()
		c.Low, c.High = int(math.Ceil(low))-1, int(math.Ceil(high))
		return c
	})
	if len(misses) == 0 {
		t.Error("the bootstrapped crossing reached the targets")
	}
}

// crossing returns where the lines between means, in the logarithms of both, rise through share of the highest.
func crossing(means map[int]float64) float64 {
	best := argmax(means)
	var limits []int
	for limit := range means {
		if limit <= best {
			limits = append(limits, limit)
		}
	}
	slices.Sort(limits)
	i := len(limits) - 1
	for i > 0 && means[limits[i-1]] >= share*means[best] {
		i--
	}
	if i == 0 {
		return float64(limits[0])
	}
	low, high := limits[i-1], limits[i]
	part := math.Log(share*means[best]/means[low]) / math.Log(means[high]/means[low])
	return float64(low) * math.Pow(float64(high)/float64(low), part)
}

func TestControlFixedOrderTakesADriftForTheCurve(t *testing.T) {
	still := func(int) weather { return weather{noise: 0.01} }
	grid := []int{16, 23, 32, 45, 64, 91, 128}
	// inOrder measures every limit ten times, one limit after the other, and leaves the decision to the finder.
	inOrder := func(m *machine, seed uint64) optimum.Conclusion {
		search := optimum.New(optimum.Settings{Limits: grid, Share: share, Seed: seed})
		for _, limit := range grid {
			for block := range sweep / len(grid) {
				trial := optimum.Trial{Block: block + 1, Limit: limit, Completions: 20 * limit}
				search.Add(trial, m.measure(trial))
			}
		}
		return search.Conclude()
	}
	if misses := control(t, named("11"), still, inOrder); len(misses) == 0 {
		t.Error("trials in a fixed order on a drifting machine reached the targets")
	}
}

func TestSearchInRandomBlocksDoesNotTakeADriftForTheCurve(t *testing.T) {
	still := func(int) weather { return weather{noise: 0.01} }
	misses := control(t, named("11"), still, func(m *machine, seed uint64) optimum.Conclusion {
		search := optimum.New(optimum.Settings{Limits: []int{16, 23, 32, 45, 64, 91, 128}, Share: share, Seed: seed})
		return m.drive(search, scaled.of(m.site)).Conclude()
	})
	for _, miss := range misses {
		t.Error(miss)
	}
}

func TestControlRejectionsCountedAsGoodputHideTheLimit(t *testing.T) {
	misses := control(t, named("5 rejects"), anyWeather, func(m *machine, seed uint64) optimum.Conclusion {
		search := scaled.search(m.site, seed)
		for trial, ok := search.Next(); ok && m.elapsed < scaled.of(m.site); trial, ok = search.Next() {
			seen := m.measure(trial)
			seen.PerSecond, seen.Failed = seen.PerSecond/(1-seen.Failed), 0
			search.Add(trial, seen)
		}
		return search.Conclude()
	})
	if len(misses) == 0 {
		t.Error("counting rejections as goodput reached the targets")
	}
}
