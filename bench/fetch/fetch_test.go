package fetch_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sweetspot/bench/fetch"
	"sweetspot/bench/fetch/limit"
	"sweetspot/strategies"
	_ "sweetspot/strategies/all"
)

// A line is what a test reads of an output line.
type line struct {
	Index    int64
	URL      string
	FinalURL string `json:"final_url"`
	Final    bool
	Status   int
	Attempts int
	Seconds  float64
	Bytes    int64
	Type     string
	Headers  map[string]string
	JSON     json.RawMessage
	Text     string
	Base64   []byte
	File     string
	ID       int
	Error    *fetch.Failure
}

// lines returns the lines of an output by their index, and fails the test unless there is one for each of n jobs.
func lines(t *testing.T, path string, n int64) []line {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	all := make([]line, n)
	seen := make([]bool, n)
	found := int64(0)
	scanner := bufio.NewScanner(file)
	scanner.Buffer(nil, 1<<26)
	for scanner.Scan() {
		var l line
		if err := json.Unmarshal(scanner.Bytes(), &l); err != nil {
			t.Fatalf("%v in %.200s", err, scanner.Text())
		}
		if l.Index >= n || seen[l.Index] || !l.Final {
			t.Fatalf("index %d again, or not final, or not of the list", l.Index)
		}
		all[l.Index], seen[l.Index] = l, true
		found++
	}
	if found != n {
		t.Errorf("%d lines, want %d", found, n)
	}
	return all
}

// list opens a list of these lines.
func list(t *testing.T, text string) *fetch.List {
	t.Helper()
	l, err := fetch.OpenList(strings.NewReader(text), int64(len(text)), false)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// strategy returns the one of that name, for which the test is skipped where it cannot run.
func strategy(t testing.TB, name string) strategies.Strategy {
	t.Helper()
	s, err := strategies.Get(name)
	if err != nil {
		t.Skip(err)
	}
	return s
}

// run fetches a source into an output, and closes that.
func run(t *testing.T, ctx context.Context, source fetch.Source, path string, o fetch.StoreOptions, s fetch.Settings) (fetch.Summary, error) {
	t.Helper()
	store, err := fetch.OpenStore(path, source, o)
	if err != nil {
		t.Fatal(err)
	}
	sum, err := fetch.Run(ctx, source, store, s, fetch.Observer{})
	if err := store.Close(); err != nil {
		t.Error(err)
	}
	return sum, err
}

func TestEveryStrategyFetchesEveryJobOnce(t *testing.T) {
	for _, name := range []string{"eventloop", "pool", "semaphore", "fasthttp", "unbounded", "adaptive", "sequential"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const n = 300
			var asked atomic.Int64
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				if asked.Add(1)%7 == 0 {
					w.WriteHeader(http.StatusBadGateway)
				}
				fmt.Fprintf(w, "{\"path\": %q}\n", r.URL.Path)
			}))
			defer srv.Close()
			var text strings.Builder
			for i := range n {
				fmt.Fprintf(&text, "%s/%d\n", srv.URL, i)
			}
			path := filepath.Join(t.TempDir(), "out.jsonl")
			sum, err := run(t, t.Context(), list(t, text.String()), path, fetch.StoreOptions{}, fetch.Settings{
				Strategy: strategy(t, name), Limiter: limit.Fixed(8), Retries: 20, Target: strategies.Target{Timeout: time.Minute},
			})
			if err != nil || sum.Succeeded != n {
				t.Errorf("%+v, %v: want %d successes", sum, err, n)
			}
			for i, l := range lines(t, path, n) {
				if want := fmt.Sprintf(`{"path":"/%d"}`, i); string(l.JSON) != want || l.Status != 200 || l.Error != nil {
					t.Fatalf("line %d is %+v, want %s", i, l, want)
				}
			}
			if asked.Load() != sum.Requests {
				t.Errorf("%d requests, and the server saw %d", sum.Requests, asked.Load())
			}
		})
	}
}
