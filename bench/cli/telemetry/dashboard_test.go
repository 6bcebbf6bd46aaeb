package telemetry_test

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"sweetspot/bench"
	"sweetspot/bench/cli/telemetry"
)

// model is Grafana's type of a dashboard. Every Grafana imports version 1; version 2 is for the newest only.
type model = dashboard.Dashboard //nolint:staticcheck // deprecated in favour of version 2

// loaded returns Grafana's dashboard, which Grafana's own types must accept in full.
func loaded(t *testing.T) model {
	t.Helper()
	raw, err := os.ReadFile("../../../results/grafana/dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	plugins.RegisterDefaultPlugins()
	var d model
	if err := new(model).UnmarshalJSONStrict(raw); err != nil && err.Error() != "" { // it may be an empty list of errors
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDashboardIsOneThatGrafanaLoads(t *testing.T) {
	d := loaded(t)
	if len(d.Panels) < 8 || len(expressions(t, d)) < 10 {
		t.Errorf("%d panels", len(d.Panels))
	}
	taken := map[[2]uint32]string{}
	for _, p := range d.Panels {
		panel := p.Panel
		for x := panel.GridPos.X; x < panel.GridPos.X+panel.GridPos.W; x++ {
			for y := panel.GridPos.Y; y < panel.GridPos.Y+panel.GridPos.H; y++ {
				if other := taken[[2]uint32{x, y}]; other != "" || x >= 24 {
					t.Fatalf("%s overlaps %q or the edge", *panel.Title, other)
				}
				taken[[2]uint32{x, y}] = *panel.Title
			}
		}
	}
}

// expressions returns the queries of the dashboard, in which its variables have values, by the titles of their panels.
func expressions(t *testing.T, d model) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, p := range d.Panels {
		for _, target := range p.Panel.Targets {
			raw, err := json.Marshal(target)
			if err != nil {
				t.Fatal(err)
			}
			var query struct{ Expr string }
			if err := json.Unmarshal(raw, &query); err != nil || query.Expr == "" {
				t.Fatalf("%s: no expression in %s (%v)", *p.Panel.Title, raw, err)
			}
			expr := strings.NewReplacer("$strategy", ".*", "$__rate_interval", "1m").Replace(query.Expr)
			if strings.Contains(expr, "$") {
				t.Errorf("%s: a variable without a value in %s", *p.Panel.Title, expr)
			}
			all[*p.Panel.Title] = append(all[*p.Panel.Title], expr)
		}
	}
	return all
}

// Every query of the dashboard finds something in a real Prometheus that has collected the metrics of a run.
func TestDashboardFindsItsMetricsInPrometheus(t *testing.T) {
	path, err := exec.LookPath("prometheus")
	if err != nil {
		if os.Getenv("SWEETSPOT_REQUIRE") != "" {
			t.Fatal("prometheus is required: apt-get install prometheus")
		}
		t.Skip("prometheus is missing: apt-get install prometheus")
	}
	queries := expressions(t, loaded(t))
	m := telemetry.New()
	run := httptest.NewServer(m.Handler())
	defer run.Close()
	prometheus := startPrometheus(t, path, strings.TrimPrefix(run.URL, "http://"))
	m.Progress(bench.Progress{Strategy: "pool", Limit: 4, Share: 0.5})
	missing := ""
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		m.Trial(trial(t, "pool")) // rates need counters that grow between two collections
		if missing = firstEmpty(prometheus, queries); missing == "" {
			return
		}
	}
	t.Errorf("after a minute without a result: %s", missing)
}

// startPrometheus starts a Prometheus that collects from the target ten times a second, until the test ends. It returns its URL.
func startPrometheus(t *testing.T, path, target string) string {
	t.Helper()
	dir := t.TempDir()
	config := fmt.Sprintf("global: {scrape_interval: 100ms}\nscrape_configs:\n- job_name: sweetspot\n  static_configs: [{targets: ['%s']}]\n", target)
	file := filepath.Join(dir, "prometheus.yml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	_ = free.Close()
	command := exec.Command(path, "--config.file", file, "--storage.tsdb.path", filepath.Join(dir, "data"), "--web.listen-address", address, "--log.level", "error")
	var said strings.Builder
	command.Stdout, command.Stderr = &said, &said
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
		if t.Failed() {
			t.Log("prometheus: ", said.String())
		}
	})
	return "http://" + address
}

// firstEmpty returns the first query without a result, with what Prometheus says; empty if all have one.
func firstEmpty(prometheus string, queries map[string][]string) string {
	for title, all := range queries {
		for _, expr := range all {
			response, err := http.Get(prometheus + "/api/v1/query?query=" + url.QueryEscape(expr))
			if err != nil {
				return err.Error()
			}
			var answer struct {
				Status, Error string
				Data          struct{ Result []json.RawMessage }
			}
			err = json.NewDecoder(response.Body).Decode(&answer)
			_ = response.Body.Close()
			if err != nil || answer.Status != "success" || len(answer.Data.Result) == 0 {
				return fmt.Sprintf("%s: %s: %s %s (%v)", title, expr, answer.Status, answer.Error, err)
			}
		}
	}
	return ""
}
