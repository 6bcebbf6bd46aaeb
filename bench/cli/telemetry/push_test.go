package telemetry_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	collector "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	otlp "go.opentelemetry.io/proto/otlp/metrics/v1"
	"google.golang.org/protobuf/proto"

	"sweetspot/bench"
	"sweetspot/bench/cli/telemetry"
	"sweetspot/results"
)

// trial returns a trial of 100 requests with latencies from 1 to 100 ms. Some more failed.
func trial(t *testing.T, strategy string) results.Trial {
	t.Helper()
	h := results.NewHistogram()
	for i := range 100 {
		h.Record(time.Duration(i+1) * time.Millisecond)
	}
	encoded, err := h.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return results.Trial{
		Strategy: strategy, Limit: 4, Started: 105, Succeeded: 100, Failed: map[string]int64{"timeout": 5}, Elapsed: 1, PerSecond: 100,
		Histogram: encoded, Latency: h.Latency(),
	}
}

func served(t *testing.T, m *telemetry.Metrics) string {
	t.Helper()
	recorder := httptest.NewRecorder()
	m.Handler().ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	return recorder.Body.String()
}

func TestMetricsHaveAHistogramOfAllTrials(t *testing.T) {
	m := telemetry.New()
	m.Progress(bench.Progress{Strategy: "pool", Limit: 4, Share: 0.5})
	m.Trial(trial(t, "pool"))
	m.Trial(trial(t, "pool"))
	causal := trial(t, "pool")
	causal.Purpose = results.Causal
	m.Trial(causal)
	text := served(t, m)
	for _, want := range []string{
		`sweetspot_request_duration_seconds_bucket{strategy="pool",target="",le="0.0005"} 0`,
		`sweetspot_request_duration_seconds_bucket{strategy="pool",target="",le="0.01"} 20`,
		`sweetspot_request_duration_seconds_bucket{strategy="pool",target="",le="0.05"} 100`,
		`sweetspot_request_duration_seconds_bucket{strategy="pool",target="",le="+Inf"} 200`,
		`sweetspot_request_duration_seconds_count{strategy="pool",target=""} 200`,
		`sweetspot_request_duration_seconds_sum{strategy="pool",target=""} 10.09`,
		`sweetspot_latency_seconds{percentile="99.9",strategy="pool",target=""} 0.1`,
		`sweetspot_requests_failed_total{class="timeout",strategy="pool",target=""} 15`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not in\n%s", want, text)
		}
	}
	if problems, err := promlint.New(strings.NewReader(text)).Lint(); err != nil || len(problems) > 0 {
		t.Errorf("against the conventions: %v, %v", problems, err)
	}
}

// A fetch is one trial that grows: what was counted is not counted again.
func TestMetricsOfAFetchHaveEachRequestOnce(t *testing.T) {
	m := telemetry.New()
	for range 3 {
		m.Fetched(trial(t, "pool"), 8, 0.5, map[string]int64{"total": 200})
	}
	text := served(t, m)
	for _, want := range []string{
		`sweetspot_request_duration_seconds_bucket{strategy="pool",target="",le="0.05"} 50`,
		`sweetspot_request_duration_seconds_count{strategy="pool",target=""} 100`,
		`sweetspot_requests_succeeded_total{strategy="pool",target=""} 100`,
		`sweetspot_requests_failed_total{class="timeout",strategy="pool",target=""} 5`,
		`sweetspot_urls{state="total"} 200`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not in\n%s", want, text)
		}
	}
}

func TestParseCollectorTakesURLs(t *testing.T) {
	for text, want := range map[string]string{
		"http://127.0.0.1:4318": "http://127.0.0.1:4318/v1/metrics", "https://h/otlp/": "https://h/otlp/v1/metrics", "http://h/v1/metrics": "http://h/v1/metrics",
		"127.0.0.1:4318": "", "grpc://h:4317": "", "http://": "", "": "", "http://user:password@h": "", "http://h?x=1": "",
	} {
		if got, err := telemetry.ParseCollector(text); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: got %q, %v, want %q", text, got, err, want)
		}
	}
}

// received are the metrics that a collector has received, by name.
type received struct {
	sync.Mutex
	pushes  int
	headers []string
	service string
	metrics map[string]*otlp.Metric
}

func (r *received) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, _ := io.ReadAll(request.Body)
	var message collector.ExportMetricsServiceRequest
	if err := proto.Unmarshal(body, &message); err != nil || request.URL.Path != "/v1/metrics" {
		http.Error(w, "bad", http.StatusBadRequest)
		return
	}
	r.Lock()
	defer r.Unlock()
	r.pushes++
	r.headers = append(r.headers, request.Header.Get("X-Team"))
	for _, of := range message.ResourceMetrics {
		for _, a := range of.Resource.Attributes {
			if a.Key == "service.name" {
				r.service = a.Value.GetStringValue()
			}
		}
		for _, scope := range of.ScopeMetrics {
			for _, m := range scope.Metrics {
				r.metrics[m.Name] = m
			}
		}
	}
}

func TestPusherDeliversEveryTrial(t *testing.T) {
	t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-team=load")
	got := &received{metrics: map[string]*otlp.Metric{}}
	server := httptest.NewServer(got)
	defer server.Close()
	url, err := telemetry.ParseCollector(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	m := telemetry.New()
	pusher, err := m.PushTo(t.Context(), url, &results.Run{Command: "bench", Started: "2026-11-22T09:42:26Z"}, "v1")
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		m.Trial(trial(t, "pool"))
		pusher.Push()
	}
	if err := pusher.Close(); err != nil {
		t.Fatal(err)
	}
	if got.pushes < 1 || got.service != "sweetspot" || slices.Contains(got.headers, "") {
		t.Errorf("%d pushes of service %q with headers %q", got.pushes, got.service, got.headers)
	}
	histogram := got.metrics["sweetspot_request_duration_seconds"].GetHistogram()
	if n := histogram.GetDataPoints()[0].Count; n != 300 || histogram.AggregationTemporality != otlp.AggregationTemporality_AGGREGATION_TEMPORALITY_CUMULATIVE {
		t.Errorf("%d durations, %s, want 300, cumulative", n, histogram.AggregationTemporality)
	}
	if sum := got.metrics["sweetspot_requests_succeeded_total"].GetSum(); !sum.GetIsMonotonic() || sum.DataPoints[0].GetAsDouble() != 300 {
		t.Errorf("successes %v", sum)
	}
	var names []string
	for line := range strings.Lines(served(t, m)) {
		if name, found := strings.CutPrefix(line, "# HELP "); found {
			names = append(names, strings.Fields(name)[0])
		}
	}
	var pushed []string
	for name := range got.metrics {
		pushed = append(pushed, name)
	}
	slices.Sort(pushed)
	slices.Sort(names)
	if diff := cmp.Diff(names, pushed); diff != "" {
		t.Errorf("(-served +pushed)\n%s", diff)
	}
}

func TestPusherSaysThatTheCollectorDoesNotTakeThem(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no such tenant", http.StatusForbidden) }))
	defer server.Close()
	m := telemetry.New()
	pusher, err := m.PushTo(t.Context(), server.URL+"/v1/metrics", &results.Run{}, "v1")
	if err != nil {
		t.Fatal(err)
	}
	m.Trial(trial(t, "pool"))
	pusher.Push()
	if err := pusher.Close(); err == nil || !strings.Contains(err.Error(), "403") {
		t.Errorf("got %v", err)
	}
}

func TestPusherThatIsNilDoesNothing(t *testing.T) {
	pusher, err := telemetry.New().PushTo(t.Context(), "", nil, "")
	pusher.Push()
	if pusher != nil || err != nil || pusher.Close() != nil {
		t.Errorf("got %v, %v", pusher, err)
	}
}
