package fetch_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"sweetspot/bench/fetch"
	"sweetspot/bench/fetch/flock"
	"sweetspot/bench/fetch/limit"
	"sweetspot/strategies"
)

// settings are those of a fetch with the fastest strategy that runs everywhere.
func settings(t *testing.T) fetch.Settings {
	return fetch.Settings{Strategy: strategy(t, "fasthttp"), Limiter: limit.Fixed(4)}
}

// counting starts a server that counts its requests and answers with the path; paths that begin with /bad get a 404.
func counting(t *testing.T) (url string, asked *atomic.Int64) {
	t.Helper()
	asked = &atomic.Int64{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		w.Header().Set("Content-Type", "application/json")
		if strings.HasPrefix(r.URL.Path, "/bad") {
			w.WriteHeader(http.StatusNotFound)
		}
		fmt.Fprintf(w, "{\"path\":%q}", r.URL.Path)
	}))
	t.Cleanup(srv.Close)
	return srv.URL, asked
}

func numbered(url, name string, n int) string {
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, "%s/%s%d\n", url, name, i)
	}
	return text.String()
}

func TestTheSameListAgainAsksNothing(t *testing.T) {
	url, asked := counting(t)
	source, path := list(t, numbered(url, "", 50)+numbered(url, "bad", 5)), filepath.Join(t.TempDir(), "out.jsonl")
	for range 2 {
		if _, err := run(t, t.Context(), source, path, fetch.StoreOptions{}, settings(t)); err != nil {
			t.Fatal(err)
		}
		lines(t, path, 55)
		if asked.Load() != 55 {
			t.Errorf("%d requests, want 55", asked.Load())
		}
	}
	sum, err := run(t, t.Context(), source, path, fetch.StoreOptions{RetryFailed: true}, settings(t))
	if err != nil || asked.Load() != 60 || sum.Failed != 5 || sum.Before != 50 {
		t.Errorf("%+v, %v after %d requests: want the 5 that failed again", sum, err, asked.Load())
	}
	for i, l := range lines(t, path, 55) {
		if (l.Error == nil) != (i < 50) {
			t.Errorf("line %d has the error %+v", i, l.Error)
		}
	}
}

func TestATornLineIsCutOff(t *testing.T) {
	url, asked := counting(t)
	source, path := list(t, numbered(url, "", 20)), filepath.Join(t.TempDir(), "out.jsonl")
	if _, err := run(t, t.Context(), source, path, fetch.StoreOptions{}, settings(t)); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{0, 1, len(whole) / 2, len(whole) - 1} {
		if err := os.WriteFile(path, whole[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		asked.Store(0)
		if _, err := run(t, t.Context(), source, path, fetch.StoreOptions{}, settings(t)); err != nil {
			t.Fatal(err)
		}
		lines(t, path, 20)
		if kept := strings.Count(string(whole[:size]), "\n"); asked.Load() != int64(20-kept) {
			t.Errorf("after %d bytes: %d requests, want those without a line", size, asked.Load())
		}
	}
}

func TestAnOutputOfSomethingElseIsRefused(t *testing.T) {
	url, _ := counting(t)
	source, folder := list(t, numbered(url, "", 3)), t.TempDir()
	path := filepath.Join(folder, "out.jsonl")
	if _, err := run(t, t.Context(), source, path, fetch.StoreOptions{}, settings(t)); err != nil {
		t.Fatal(err)
	}
	whole, _ := os.ReadFile(path)
	foreign := filepath.Join(folder, "notes.txt")
	if err := os.WriteFile(foreign, []byte("mine\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path   string
		source fetch.Source
		want   string
	}{
		{path, list(t, numbered(url, "", 4)), "of another list, with 3 URLs: this one has 4"},
		{path, list(t, numbered(url, "x", 3)), "of another list, with as many URLs"},
		{foreign, source, "there is no"},
		{filepath.Join(folder, "none", "out.jsonl"), source, "no such file"},
		{folder, source, "folder"},
	} {
		_, err := fetch.OpenStore(c.path, c.source, fetch.StoreOptions{})
		if c.path == folder && err != nil {
			continue // the words are the system's
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v; want one line with %q", c.path, err, c.want)
		}
	}
	if now, _ := os.ReadFile(path); string(now) != string(whole) {
		t.Error("the output has changed")
	}
	if now, _ := os.ReadFile(foreign); string(now) != "mine\n" {
		t.Error("a file of somebody else has changed")
	}
}

func TestForeignLinesAreNamed(t *testing.T) {
	url, _ := counting(t)
	source, path := list(t, numbered(url, "", 3)), filepath.Join(t.TempDir(), "out.jsonl")
	if _, err := run(t, t.Context(), source, path, fetch.StoreOptions{}, settings(t)); err != nil {
		t.Fatal(err)
	}
	whole, _ := os.ReadFile(path)
	first := string(whole[:strings.IndexByte(string(whole), '\n')+1])
	for text, want := range map[string]string{
		first + first:  "line 2: a second line with the index",
		first + "{}\n": "line 2: not a line of sweetspot fetch",
		first + `{"index":9,"final":true}` + "\n": "line 2: the index 9: want one of a list with 3 URLs",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := fetch.OpenStore(path, source, fetch.StoreOptions{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestTwoFetchesCannotHaveOneOutput(t *testing.T) {
	url, _ := counting(t)
	source, path := list(t, numbered(url, "", 3)), filepath.Join(t.TempDir(), "out.jsonl")
	store, err := fetch.OpenStore(path, source, fetch.StoreOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if _, err := fetch.OpenStore(path, source, fetch.StoreOptions{}); !errors.Is(err, flock.ErrLocked) {
		t.Errorf("%v, want %v", err, flock.ErrLocked)
	}
}

// A removed output is noticed, and ends the fetch: what is written to it would be lost.
func TestARemovedOutputEndsTheFetch(t *testing.T) {
	url, _ := counting(t)
	source, path := list(t, numbered(url, "", 3)), filepath.Join(t.TempDir(), "out.jsonl")
	store, err := fetch.OpenStore(path, source, fetch.StoreOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err == nil || !strings.Contains(err.Error(), "removed or replaced") {
		t.Errorf("%v, want that it was removed", err)
	}
}

func TestWhatBecomesOfABody(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", "x")
		w.Header()["X-Two"] = []string{"a", "b"}
		body := map[string]struct{ kind, text string }{
			"/json":   {"application/json; charset=utf-8", "{\"a\" : 1e400,\n\"b\":\"\\u00e4\"}\n"},
			"/ld":     {"application/ld+json", "[1, 2]"},
			"/broken": {"application/json", "{"},
			"/odd":    {"application/json", "\"\xff\""},
			"/text":   {"text/plain", "line\nhäß\u2028"},
			"/image":  {"image/png", "\x89PNG\xff"},
			"/empty":  {"text/plain", ""},
			"/big":    {"text/plain", strings.Repeat("x", 5000)},
		}[r.URL.Path]
		w.Header().Set("Content-Type", body.kind)
		fmt.Fprint(w, body.text)
	}))
	defer srv.Close()
	var text strings.Builder
	for _, name := range []string{"json", "ld", "broken", "odd", "text", "image", "empty", "big"} {
		fmt.Fprintf(&text, "{\"url\":\"%s/%s\",\"id\":7}\n", srv.URL, name)
	}
	path := filepath.Join(t.TempDir(), "out.jsonl")
	s := settings(t)
	s.Headers, s.Target = []string{"etag", "X-Two", "X-None"}, strategies.Target{MaxBody: 4000}
	if _, err := run(t, t.Context(), list(t, text.String()), path, fetch.StoreOptions{}, s); err != nil {
		t.Fatal(err)
	}
	got := lines(t, path, 8)
	for i, want := range []line{
		{JSON: []byte(`{"a":1e400,"b":"\u00e4"}`)}, {JSON: []byte(`[1,2]`)}, {Text: "{"}, {Base64: []byte("\"\xff\"")},
		{Text: "line\nhäß\u2028"}, {Base64: []byte("\x89PNG\xff")}, {}, {Error: &fetch.Failure{Class: "too-large"}},
	} {
		l := got[i]
		if string(l.JSON) != string(want.JSON) || l.Text != want.Text || string(l.Base64) != string(want.Base64) || l.ID != 7 ||
			(l.Error == nil) != (want.Error == nil) {
			t.Errorf("line %d is %+v, want %+v", i, l, want)
		}
		if want.Error == nil && (l.Headers["etag"] != "x" || l.Headers["X-Two"] != "a, b" || len(l.Headers) != 2 || l.Type == "") {
			t.Errorf("line %d has the headers %v and the type %q", i, l.Headers, l.Type)
		}
	}
	if got[7].Error.Class != "too-large" {
		t.Errorf("%+v, want the class too-large", got[7].Error)
	}
}
