package cli_test

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sweetspot/server"
)

func TestOTLPPushesTheRun(t *testing.T) {
	var pushes atomic.Int64
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v1/metrics" {
			http.NotFound(w, r)
			return
		}
		pushes.Add(1)
	}))
	defer collector.Close()
	target := startServer(t, server.Config{Delay: time.Millisecond}).URL()
	output := filepath.Join(t.TempDir(), "out.jsonl")
	if got := sweetspot(t.Context(), "fetch", "-c", "2", "-o", output, "--otlp", collector.URL, target+"{1..5}"); got.status != 0 || pushes.Swap(0) < 1 {
		t.Errorf("fetch: exit status %d, stderr %q, want at least one push", got.status, got.stderr)
	}
	run := func(otlp string) ran {
		return sweetspot(t.Context(), "bench", "-s", "pool", "-n", "20", "-c", "4", "--repeats", "2", "-q", "--otlp", otlp, target)
	}
	if got := run(collector.URL); got.status != 0 || pushes.Load() < 1 {
		t.Errorf("exit status %d, %d pushes, stderr %q", got.status, pushes.Load(), got.stderr)
	}
	got := run(collector.URL + "/nowhere/v1/metrics")
	if want := "sweetspot: --otlp " + collector.URL + "/nowhere/v1/metrics: the metrics did not arrive: "; got.status != 1 || !strings.Contains(got.stderr, want) || !strings.Contains(got.stdout, "pool") {
		t.Errorf("exit status %d, stderr %q, want %q and the table", got.status, got.stderr, want)
	}
	if got := run("127.0.0.1:4318"); got.status != 2 || !strings.Contains(got.stderr, "--otlp 127.0.0.1:4318: want the URL of a collector, such as http://127.0.0.1:4318") {
		t.Errorf("exit status %d, stderr %q", got.status, got.stderr)
	}
}
