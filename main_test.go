package main

import (
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

// may says which packages of ours each package may import.
var may = map[string][]string{
	"sweetspot":                                {"sweetspot/bench/cli", "sweetspot/bench/cli/signals"},
	"sweetspot/strategies":                     {"sweetspot/strategies/http1", "sweetspot/strategies/http2", "sweetspot/strategies/network", "sweetspot/strategies/redirect", "sweetspot/strategies/streams"},
	"sweetspot/strategies/redirect":            {},
	"sweetspot/strategies/expect":              {"sweetspot/strategies"},
	"sweetspot/strategies/streams":             {"sweetspot/strategies/http1", "sweetspot/strategies/network"},
	"sweetspot/strategies/http1":               {"sweetspot/strategies/redirect"},
	"sweetspot/strategies/http2":               {"sweetspot/strategies/redirect"},
	"sweetspot/strategies/lines":               {"sweetspot/strategies"},
	"sweetspot/strategies/network":             {"sweetspot/strategies/http1"},
	"sweetspot/strategies/eventloop":           {"sweetspot/strategies", "sweetspot/strategies/http1", "sweetspot/strategies/http2", "sweetspot/strategies/network"},
	"sweetspot/strategies/external":            {"sweetspot/strategies"},
	"sweetspot/strategies/python":              {"sweetspot/strategies", "sweetspot/strategies/external"},
	"sweetspot/strategies/all":                 {"sweetspot/strategies", "sweetspot/strategies/eventloop", "sweetspot/strategies/python"},
	"sweetspot/strategies/strategytest":        {"sweetspot/strategies", "sweetspot/strategies/network", "sweetspot/strategies/strategytest/frames", "sweetspot/server"},
	"sweetspot/strategies/strategytest/frames": {"sweetspot/strategies"},
	"sweetspot/results":                        {"sweetspot/results/input", "sweetspot/results/stat", "sweetspot/results/text"},
	"sweetspot/results/input":                  {},
	"sweetspot/results/stat":                   {},
	"sweetspot/results/snippet":                {},
	"sweetspot/results/text":                   {},
	"sweetspot/results/render":                 {"sweetspot/results", "sweetspot/results/snippet", "sweetspot/results/stat", "sweetspot/results/text"},
	"sweetspot/results/compare":                {"sweetspot/results", "sweetspot/results/render", "sweetspot/results/stat", "sweetspot/results/text"},
	"sweetspot/results/threshold":              {"sweetspot/results", "sweetspot/results/text"},
	"sweetspot/results/article":                {"sweetspot/results", "sweetspot/results/render", "sweetspot/results/stat", "sweetspot/results/text"},
	"sweetspot/results/report":                 {"sweetspot/results", "sweetspot/results/render", "sweetspot/results/snippet", "sweetspot/results/stat", "sweetspot/results/text"},
	"sweetspot/results/internal/fixture":       {"sweetspot/results", "sweetspot/results/render"}, // for tests only
	"sweetspot/results/report/chromium":        {},
	"sweetspot/server":                         {"sweetspot/server/capacity", "sweetspot/server/station"},
	"sweetspot/server/capacity":                {},
	"sweetspot/server/station":                 {"sweetspot/server/capacity"},
	"sweetspot/bench/optimum":                  {"sweetspot/results/stat", "sweetspot/results/text"},
	"sweetspot/bench/arrivals":                 {},
	"sweetspot/bench/fetch":                    {"sweetspot/strategies", "sweetspot/strategies/redirect", "sweetspot/strategies/lines", "sweetspot/bench/fetch/flock", "sweetspot/bench/fetch/limit"},
	"sweetspot/bench/fetch/flock":              {},
	"sweetspot/bench/fetch/limit":              {},
	"sweetspot/bench/fleet":                    {"sweetspot/bench", "sweetspot/bench/arrivals", "sweetspot/bench/process", "sweetspot/bench/requests", "sweetspot/results", "sweetspot/strategies", "sweetspot/strategies/expect", "sweetspot/strategies/network"},
	"sweetspot/bench/process":                  {},
	"sweetspot/bench/tally":                    {"sweetspot/bench/arrivals", "sweetspot/results", "sweetspot/results/text", "sweetspot/strategies"},
	"sweetspot/bench/requests":                 {"sweetspot/strategies", "sweetspot/strategies/lines"},
	"sweetspot/bench/ports":                    {},
	"sweetspot/bench":                          {"sweetspot/strategies", "sweetspot/strategies/network", "sweetspot/results", "sweetspot/results/stat", "sweetspot/results/text", "sweetspot/bench/optimum", "sweetspot/bench/ports", "sweetspot/bench/process", "sweetspot/bench/arrivals", "sweetspot/bench/requests", "sweetspot/bench/tally"},
	"sweetspot/bench/cli":                      {"sweetspot/*", "sweetspot/bench/cli/*", "sweetspot/bench/arrivals", "sweetspot/bench/fetch", "sweetspot/bench/fleet", "sweetspot/bench/ports", "sweetspot/bench/requests", "sweetspot/bench/process", "sweetspot/server/capacity", "sweetspot/results/*", "sweetspot/strategies/all", "sweetspot/strategies/expect", "sweetspot/strategies/external", "sweetspot/strategies/network"},
	"sweetspot/bench/cli/build":                {},
	"sweetspot/bench/cli/manual":               {"sweetspot/bench/cli/build"},
	"sweetspot/bench/cli/agents":               {"sweetspot/bench", "sweetspot/bench/cli/child", "sweetspot/bench/cli/room", "sweetspot/bench/fleet", "sweetspot/results", "sweetspot/results/input", "sweetspot/results/text", "sweetspot/strategies", "sweetspot/strategies/network"},
	"sweetspot/bench/cli/bundled":              {"sweetspot/bench", "sweetspot/bench/cli/child", "sweetspot/server", "sweetspot/strategies"},
	"sweetspot/bench/cli/child":                {},
	"sweetspot/bench/cli/console":              {"sweetspot/bench", "sweetspot/bench/cli/terminal", "sweetspot/results", "sweetspot/results/render", "sweetspot/results/text"},
	"sweetspot/bench/cli/live":                 {"sweetspot/bench", "sweetspot/bench/cli/telemetry", "sweetspot/results", "sweetspot/results/report"},
	"sweetspot/bench/cli/telemetry":            {"sweetspot/bench", "sweetspot/results", "sweetspot/results/text"},
	"sweetspot/bench/cli/fetching":             {"sweetspot/bench", "sweetspot/bench/fetch", "sweetspot/bench/fetch/limit", "sweetspot/bench/cli/live", "sweetspot/bench/cli/secret", "sweetspot/bench/cli/telemetry", "sweetspot/bench/cli/terminal", "sweetspot/bench/process", "sweetspot/results", "sweetspot/results/input", "sweetspot/results/render", "sweetspot/results/text", "sweetspot/strategies"},
	"sweetspot/bench/cli/help":                 {"sweetspot/bench/cli/terminal"},
	"sweetspot/bench/cli/machine":              {"sweetspot/results"},
	"sweetspot/bench/cli/reach":                {"sweetspot/strategies/network"},
	"sweetspot/bench/cli/room":                 {"sweetspot/bench", "sweetspot/bench/cli/machine", "sweetspot/bench/ports", "sweetspot/strategies", "sweetspot/strategies/external"},
	"sweetspot/bench/cli/secret":               {"sweetspot/bench/requests", "sweetspot/results", "sweetspot/results/text"},
	"sweetspot/bench/cli/sending":              {"sweetspot/bench", "sweetspot/bench/requests", "sweetspot/results/input", "sweetspot/strategies"},
	"sweetspot/bench/cli/signals":              {},
	"sweetspot/bench/cli/size":                 {},
	"sweetspot/bench/cli/terminal":             {},
}

// rooms says where each third party may be imported; those not named may be anywhere.
var rooms = map[string][]string{
	"github.com/valyala/fasthttp":                                       {"sweetspot/strategies", "sweetspot/server"},
	"github.com/failsafe-go/failsafe-go/adaptivelimiter":                {"sweetspot/strategies"},
	"github.com/expr-lang/expr":                                         {"sweetspot/strategies/expect"},
	"github.com/expr-lang/expr/ast":                                     {"sweetspot/strategies/expect"},
	"github.com/expr-lang/expr/file":                                    {"sweetspot/strategies/expect"},
	"github.com/expr-lang/expr/vm":                                      {"sweetspot/strategies/expect"},
	"github.com/montanaflynn/stats":                                     {"sweetspot/results/stat"},
	"github.com/olekukonko/tablewriter":                                 {"sweetspot/results/render"},
	"github.com/guptarohit/asciigraph":                                  {"sweetspot/results/render"},
	"github.com/dustin/go-humanize":                                     {"sweetspot/bench/cli/size"},   // sizes with units
	"mvdan.cc/sh/v3/expand":                                             {"sweetspot/strategies/lines"}, // the words of a command
	"mvdan.cc/sh/v3/syntax":                                             {"sweetspot/strategies/lines"},
	"github.com/spf13/cobra":                                            {"sweetspot/bench/cli", "sweetspot/bench/cli/help", "sweetspot/bench/cli/manual"},
	"github.com/spf13/cobra/doc":                                        {"sweetspot/bench/cli/manual"},
	"github.com/spf13/pflag":                                            {"sweetspot/bench/cli", "sweetspot/bench/cli/agents", "sweetspot/bench/cli/help", "sweetspot/bench/cli/reach", "sweetspot/bench/cli/sending", "sweetspot/bench/cli/telemetry", "sweetspot/strategies/lines"}, // what cobra's flags are
	"github.com/chromedp/chromedp":                                      {"sweetspot/results/report/chromium"},
	"github.com/prometheus/client_golang/prometheus":                    {"sweetspot/bench/cli/telemetry", "sweetspot/bench/cli/live"},
	"github.com/prometheus/client_golang/prometheus/promhttp":           {"sweetspot/bench/cli/telemetry", "sweetspot/bench/cli/live"},
	"go.opentelemetry.io/contrib/bridges/prometheus":                    {"sweetspot/bench/cli/telemetry"},
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp": {"sweetspot/bench/cli/telemetry"},
	"go.opentelemetry.io/otel/sdk/metric":                               {"sweetspot/bench/cli/telemetry"},
	"golang.org/x/net/netutil":                                          {"sweetspot/bench/cli/live"},
	"gonum.org/v1/plot":                                                 {"sweetspot/results/report"},
	"gonum.org/v1/plot/plotter":                                         {"sweetspot/results/report"},
	"gonum.org/v1/plot/text":                                            {"sweetspot/results/report"},
	"gonum.org/v1/plot/vg":                                              {"sweetspot/results/report"},
	"gonum.org/v1/plot/vg/draw":                                         {"sweetspot/results/report"},
	"gonum.org/v1/plot/vg/vgimg":                                        {"sweetspot/results/report"},
	"gonum.org/v1/plot/vg/vgsvg":                                        {"sweetspot/results/report"},
	"github.com/HdrHistogram/hdrhistogram-go":                           {"sweetspot/results"},
	"golang.org/x/perf/benchfmt":                                        {"sweetspot/results/render"}, // whose tests read what was written
	"github.com/failsafe-go/failsafe-go/circuitbreaker":                 {"sweetspot/bench/fetch"},
	"github.com/cenkalti/backoff/v5":                                    {"sweetspot/bench/fetch"},
	"github.com/nats-io/nats-server/v2/server":                          {"sweetspot/bench/fleet"}, // embedded by a coordinator
	"github.com/nats-io/nats.go":                                        {"sweetspot/bench/fleet"},
	"github.com/nlnwa/gowarc/v3":                                        {"sweetspot/bench/fetch"},
	"github.com/temoto/robotstxt":                                       {"sweetspot/bench/fetch"},
	"golang.org/x/net/proxy":                                            {"sweetspot/strategies/network"},                                                                           // SOCKS version 5
	"golang.org/x/net/http2":                                            {"sweetspot/strategies/http2", "sweetspot/strategies/streams", "sweetspot/strategies/strategytest/frames"}, // frames and error codes
	"golang.org/x/net/http2/hpack":                                      {"sweetspot/strategies/http2", "sweetspot/strategies/strategytest/frames"},
	"github.com/quic-go/quic-go":                                        {"sweetspot/strategies/streams", "sweetspot/server", "sweetspot/strategies/strategytest", "sweetspot/strategies/strategytest/frames"}, // QUIC
	"github.com/quic-go/quic-go/http3":                                  {"sweetspot/strategies/streams", "sweetspot/server", "sweetspot/strategies/strategytest", "sweetspot/strategies/strategytest/frames"},
	"github.com/quic-go/quic-go/quicvarint":                             {"sweetspot/strategies/strategytest/frames"},
	"github.com/quic-go/qpack":                                          {"sweetspot/strategies/strategytest/frames"}, // header fields of HTTP/3
	"github.com/quic-go/quic-go/qlog":                                   {"sweetspot/strategies/streams"},
	"github.com/quic-go/quic-go/qlogwriter":                             {"sweetspot/strategies/streams"},
}

// Imports point one way: strategies, server and results import nothing of ours outside their folder (but for strategytest,
// which needs the server as a witness), bench imports them, and bench/cli imports all.
func TestImportsPointOneWay(t *testing.T) {
	list, err := exec.Command("go", "list", "-f", "{{.ImportPath}}{{range .Imports}} {{.}}{{end}}", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(list)) {
		words := strings.Fields(line)
		from, imports := words[0], words[1:]
		allowed, known := may[from]
		if !known {
			t.Errorf("package %s has no place in the house: add it to the table of who may import what", from)
		}
		for _, to := range imports {
			if strings.HasPrefix(to, "sweetspot/") {
				if !slices.ContainsFunc(allowed, func(pattern string) bool { ok, _ := path.Match(pattern, to); return ok }) {
					t.Errorf("%s imports %s: want only %v", from, to, allowed)
				}
			}
			if room, bound := rooms[to]; bound && !slices.Contains(room, from) {
				t.Errorf("%s imports %s: want it only in %v", from, to, room)
			}
		}
	}
}
