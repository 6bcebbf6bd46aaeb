package cli_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"sweetspot/results"
)

// moving returns a server that redirects /from to /to of another one, which answers only with the header that is for it.
func moving(t *testing.T) (from, to *httptest.Server) {
	to = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-For") != "to" || r.Header.Get("Authorization") != "" {
			http.Error(w, "the headers are not those for this host", http.StatusForbidden)
		}
	}))
	t.Cleanup(to.Close)
	from = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", to.URL+"/to")
		w.WriteHeader(http.StatusFound)
	}))
	t.Cleanup(from.Close)
	return from, to
}

func TestFollowLeadsWithTheHeadersOfEachHost(t *testing.T) {
	from, to := moving(t)
	send := []string{"--follow", "2", "-H", "Authorization: Bearer s3cret", "--header-for", strings.TrimPrefix(to.URL, "http://"), "X-For: to", from.URL + "/from"}
	out := sweetspot(t.Context(), append([]string{"bench", "-s", "pool,fasthttp,eventloop,python-aiohttp", "-n", "8", "--repeats", "1", "--format", "json"}, send...)...)
	var run results.Run
	if err := json.Unmarshal([]byte(out.stdout), &run); err != nil || out.status != 0 {
		t.Fatalf("exit status %d, %v:\n%s", out.status, err, out.stderr)
	}
	if s := run.Settings; !s.Redirects || s.Follow != 2 || len(run.Trials) < 2 {
		t.Errorf("%d trials with the settings %+v", len(run.Trials), s)
	}
	for _, trial := range run.Trials {
		if trial.Succeeded != 8 || trial.Redirects != 8 || trial.Status[http.StatusOK] != 8 {
			t.Errorf("%s: %d of 8 succeeded, %d redirects, %v: %s", trial.Strategy, trial.Succeeded, trial.Redirects, trial.Status, trial.FirstError)
		}
	}
	if !strings.Contains(out.stdout, "python-aiohttp: open: no other process can ask") && !strings.Contains(out.stdout, "python3") {
		t.Errorf("nothing says why a strategy was left out:\n%s", out.stderr)
	}
	out = sweetspot(t.Context(), append([]string{"fetch"}, send...)...)
	if out.status != 0 || !strings.Contains(out.stdout, `"url":"`+from.URL+`/from","final_url":"`+to.URL+`/to","final":true,"status":200,"attempts":2,`) {
		t.Errorf("fetch: exit status %d:\n%s\n%s", out.status, out.stdout, out.stderr)
	}
}

// The bundled server counts what was requested and what was redirected.
func TestFollowedRedirectsAreWitnessed(t *testing.T) {
	out := sweetspot(t.Context(), "bench", "-s", "eventloop,semaphore", "-n", "30", "-c", "4", "--repeats", "1", "--follow", "3", "--format", "json", "/redirect/3")
	var run results.Run
	if err := json.Unmarshal([]byte(out.stdout), &run); err != nil || out.status != 0 {
		t.Fatalf("exit status %d, %v:\n%s", out.status, err, out.stderr)
	}
	for _, trial := range run.Trials {
		if !trial.Witnessed || trial.Redirects != 90 || trial.Succeeded != 30 {
			t.Errorf("%s: witnessed %v, %d redirects, %d succeeded: want true, 90 and 30: %q", trial.Strategy, trial.Witnessed, trial.Redirects, trial.Succeeded, trial.Warnings)
		}
	}
	if out := sweetspot(t.Context(), "bench", "--follow", "-1", "/"); out.status != 2 || !strings.Contains(out.stderr, "--follow -1: want at least 0") {
		t.Errorf("exit status %d: %s", out.status, out.stderr)
	}
}
