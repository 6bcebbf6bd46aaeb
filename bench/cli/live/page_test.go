package live_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"sweetspot/bench"
	"sweetspot/bench/cli/live"
	"sweetspot/bench/cli/telemetry"
	"sweetspot/results"
)

func TestParseAddress(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"8080", "127.0.0.1:8080"},
		{":0", "127.0.0.1:0"},
		{"[::1]:80", "[::1]:80"},
		{"", ""},
		{"http", ""},
		{"99999", ""},
		{"-1", ""},
	} {
		if got, err := live.ParseAddress(test.text); got != test.want || (err == nil) != (test.want != "") {
			t.Errorf("%q: got %q, %v, want %q", test.text, got, err, test.want)
		}
	}
}

func TestPage(t *testing.T) {
	t.Run("that is nil does nothing", func(t *testing.T) {
		page, err := live.Start("", &results.Run{}, nil)
		if page != nil || err != nil {
			t.Fatalf("got %v, %v", page, err)
		}
		page.Target("http://127.0.0.1/")
		page.Version("pool", "1")
		page.Progress(bench.Progress{})
		page.Trial(results.Trial{})
		page.Conclude(&results.Run{})
		page.Close()
	})
	t.Run("shows the run under way and leaves it alone", func(t *testing.T) {
		run := results.Run{Command: "bench", Versions: map[string]string{}}
		page, err := live.Start("127.0.0.1:0", &run, telemetry.New())
		if err != nil {
			t.Fatal(err)
		}
		defer page.Close()
		page.Target("http://127.0.0.1:1/measured")
		page.Version("pool", "pool 1.0")
		page.Progress(bench.Progress{Strategy: "pool", Limit: 7, Trials: 2})
		response, err := http.Get(page.URL())
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		for _, want := range []string{"http://127.0.0.1:1/measured", "trial 3: pool at limit 7"} {
			if err != nil || !strings.Contains(string(text), want) {
				t.Errorf("%q is not on the page (%v)", want, err)
			}
		}
		if run.Target != "" || len(run.Versions) != 0 {
			t.Errorf("the page changed the run: %+v", run)
		}
	})
}
