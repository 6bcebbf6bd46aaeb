// Package telemetry has metrics of a run while it is under way: for Prometheus, which collects them, and for OpenTelemetry, to
// which they are pushed. Both have the same names.
package telemetry

import (
	"net/http"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"sweetspot/bench"
	"sweetspot/results"
	"sweetspot/results/text"
)

// Metrics are the metrics of a run under way. Progress and Trial must be called by one goroutine at a time; the other methods may
// be called by any.
type Metrics struct {
	registry  *prometheus.Registry
	trials    *prometheus.CounterVec
	succeeded *prometheus.CounterVec
	failed    *prometheus.CounterVec
	goodput   *prometheus.GaugeVec
	latency   *prometheus.GaugeVec
	limit     *prometheus.GaugeVec
	done      prometheus.Gauge
	durations *durations
	urls      *prometheus.GaugeVec // of a fetch
	counted   results.Trial        // the part of a fetch that the counters have
	latest    bench.Progress
}

// New returns the metrics of a run before its first trial.
func New() *Metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "sweetspot", Name: name, Help: help}, labels)
	}
	gauge := func(name, help string, labels ...string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "sweetspot", Name: name, Help: help}, labels)
	}
	m := &Metrics{
		registry:  prometheus.NewRegistry(),
		trials:    counter("trials_total", "Trials that are over.", "strategy", "target"),
		succeeded: counter("requests_succeeded_total", "Requests that succeeded in a measured window.", "strategy", "target"),
		failed:    counter("requests_failed_total", "Requests that failed in a measured window, by class.", "strategy", "target", "class"),
		goodput:   gauge("goodput_requests_per_second", "Successful responses per second in the strategy's latest trial.", "strategy", "target"),
		latency:   gauge("latency_seconds", "Latency of the successes in the strategy's latest trial, by percentile.", "strategy", "target", "percentile"),
		limit:     gauge("limit_requests", "The most requests in flight at once in the trial under way.", "strategy", "target"),
		urls:      gauge("urls", "URLs of a fetch by state: succeeded, failed for good, retrying, done before, and in total.", "state"),
		done:      prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "sweetspot", Name: "done_ratio", Help: "Share of the run that is done, from 0 to 1."}),
		durations: newDurations(),
	}
	m.registry.MustRegister(m.trials, m.succeeded, m.failed, m.goodput, m.latency, m.limit, m.done, m.urls, m.durations)
	return m
}

// Handler serves the metrics to Prometheus.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Progress sets what is under way.
func (m *Metrics) Progress(at bench.Progress) {
	m.done.Set(at.Share)
	if at.Strategy != m.latest.Strategy || at.Limit != m.latest.Limit || label(at.Target) != label(m.latest.Target) {
		m.limit.Reset() // one trial is under way at a time
		m.limit.WithLabelValues(at.Strategy, label(at.Target)).Set(float64(at.Limit))
		m.latest = at
	}
}

// Fetched brings the metrics of a fetch up to date: t is the whole of it so far, and urls has the number of URLs by state.
func (m *Metrics) Fetched(t results.Trial, limit int, share float64, urls map[string]int64) {
	m.done.Set(share)
	m.limit.WithLabelValues(t.Strategy, label(t.Target)).Set(float64(limit))
	for state, n := range urls {
		m.urls.WithLabelValues(state).Set(float64(n))
	}
	m.count(t, m.counted)
	m.counted = t
	m.gauge(t)
	m.durations.set(t)
}

// count adds the requests of a trial to the counters, without those of the part of it that was counted before.
func (m *Metrics) count(t, before results.Trial) {
	m.succeeded.WithLabelValues(t.Strategy, label(t.Target)).Add(float64(t.Succeeded - before.Succeeded))
	for class, n := range t.Failed {
		m.failed.WithLabelValues(t.Strategy, label(t.Target), class).Add(float64(n - before.Failed[class]))
	}
}

// gauge sets what the latest trial of a strategy has shown.
func (m *Metrics) gauge(t results.Trial) {
	m.goodput.WithLabelValues(t.Strategy, label(t.Target)).Set(t.PerSecond)
	for _, f := range results.Latencies() {
		if f.Percentile > 0 {
			m.latency.WithLabelValues(t.Strategy, label(t.Target), text.Exact(f.Percentile)).Set(f.OfTrial(&t))
		}
	}
}

// Trial adds a trial that is over. A trial with a [results.Purpose] makes requests, but does not measure its strategy.
func (m *Metrics) Trial(t results.Trial) {
	m.trials.WithLabelValues(t.Strategy, label(t.Target)).Inc()
	m.count(t, results.Trial{})
	if t.Purpose == "" {
		m.gauge(t)
		m.durations.add(t)
	}
}

// label returns the value of the label target: the index of one of several targets, and nothing if there is one.
func label(target *int) string {
	if target == nil {
		return ""
	}
	return strconv.Itoa(*target)
}
