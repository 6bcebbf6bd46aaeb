package telemetry

import (
	"maps"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"sweetspot/results"
)

// bounds are the upper ends of the buckets of the histogram, in seconds.
var bounds = []float64{
	0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
}

// durations is a histogram of the latency of the successes by strategy and target, over all trials so far. It takes the counts of a trial
// when it is over, from its own histogram, so that it costs the measurement nothing.
type durations struct {
	description *prometheus.Desc

	mu  sync.Mutex
	all map[measured]results.Buckets
}

// measured are the values of the labels.
type measured struct{ strategy, target string }

func newDurations() *durations {
	return &durations{
		description: prometheus.NewDesc("sweetspot_request_duration_seconds",
			"Latency of the requests that succeeded in a measured window, from the moment when the request has a slot.", []string{"strategy", "target"}, nil),
		all: map[measured]results.Buckets{},
	}
}

// add adds the successes of a trial. It leaves out a trial without a histogram, or with a broken one.
func (d *durations) add(t results.Trial) {
	d.change(t, results.Buckets.Plus)
}

// set takes the successes of a trial in place of what is known, which is an earlier part of that trial.
func (d *durations) set(t results.Trial) {
	d.change(t, func(_, now results.Buckets) results.Buckets { return now })
}

func (d *durations) change(t results.Trial, combine func(before, now results.Buckets) results.Buckets) {
	counted, err := t.Histogram.Buckets(bounds)
	if err != nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	of := measured{t.Strategy, label(t.Target)}
	d.all[of] = combine(d.all[of], counted)
}

// Describe implements [prometheus.Collector].
func (d *durations) Describe(to chan<- *prometheus.Desc) { to <- d.description }

// Collect implements [prometheus.Collector].
func (d *durations) Collect(to chan<- prometheus.Metric) {
	d.mu.Lock()
	all := maps.Clone(d.all) // what is in it never changes
	d.mu.Unlock()
	for of, b := range all {
		counts := map[float64]uint64{}
		for i, bound := range bounds {
			counts[bound] = b.AtMost[i]
		}
		to <- prometheus.MustNewConstHistogram(d.description, b.Count, b.Sum, counts, of.strategy, of.target)
	}
}
