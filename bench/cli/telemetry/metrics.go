// Package telemetry has metrics of a run while it is under way: for Prometheus, which collects them, and for OpenTelemetry, to
// which they are pushed. Both have the same names.
package telemetry

import (
	"net/http"

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
		trials:    counter("trials_total", "Trials that are over.", "strategy"),
		succeeded: counter("requests_succeeded_total", "Requests that succeeded in a measured window.", "strategy"),
		failed:    counter("requests_failed_total", "Requests that failed in a measured window, by class.", "strategy", "class"),
		goodput:   gauge("goodput_requests_per_second", "Successful responses per second in the strategy's latest trial.", "strategy"),
		latency:   gauge("latency_seconds", "Latency of the successes in the strategy's latest trial, by percentile.", "strategy", "percentile"),
		limit:     gauge("limit_requests", "The most requests in flight at once in the trial under way.", "strategy"),
		done:      prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "sweetspot", Name: "done_ratio", Help: "Share of the run that is done, from 0 to 1."}),
		durations: newDurations(),
	}
	m.registry.MustRegister(m.trials, m.succeeded, m.failed, m.goodput, m.latency, m.limit, m.done, m.durations)
	return m
}

// Handler serves the metrics to Prometheus.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Progress sets what is under way.
func (m *Metrics) Progress(at bench.Progress) {
	m.done.Set(at.Share)
	if at.Strategy != m.latest.Strategy || at.Limit != m.latest.Limit {
		m.limit.Reset() // one trial is under way at a time
		m.limit.WithLabelValues(at.Strategy).Set(float64(at.Limit))
		m.latest = at
	}
}

// Trial adds a trial that is over. A trial with a [results.Purpose] makes requests, but does not measure its strategy.
func (m *Metrics) Trial(t results.Trial) {
	m.trials.WithLabelValues(t.Strategy).Inc()
	m.succeeded.WithLabelValues(t.Strategy).Add(float64(t.Succeeded))
	for class, n := range t.Failed {
		m.failed.WithLabelValues(t.Strategy, class).Add(float64(n))
	}
	if t.Purpose != "" {
		return
	}
	m.goodput.WithLabelValues(t.Strategy).Set(t.PerSecond)
	m.durations.add(t)
	for _, f := range results.Latencies() {
		if f.Percentile > 0 {
			m.latency.WithLabelValues(t.Strategy, text.Exact(f.Percentile)).Set(f.OfTrial(&t))
		}
	}
}
