package snippet_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"sweetspot/results/snippet"
)

// commands are how a program of each language is run.
var commands = map[snippet.Language]func(t *testing.T, program string) *exec.Cmd{
	snippet.Python: func(t *testing.T, program string) *exec.Cmd {
		for _, python := range []string{"python3", "/usr/bin/python3"} {
			if exec.Command(python, "-c", "import aiohttp").Run() == nil {
				return exec.Command(python, program)
			}
		}
		return missing(t, "Debian's python3-aiohttp")
	},
	snippet.Go: func(t *testing.T, program string) *exec.Cmd {
		binary := filepath.Join(t.TempDir(), "fetch")
		if text, err := exec.Command("go", "build", "-o", binary, program).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		return exec.Command(binary)
	},
	snippet.Curl:  script,
	snippet.XArgs: script, // the program of snippet.Fetch has its test where sweetspot has its commands
}

// prepared returns the command that runs the program for a use.
func prepared(t *testing.T, language snippet.Language, use snippet.Use) *exec.Cmd {
	t.Helper()
	var text bytes.Buffer
	if err := snippet.Write(&text, language, use); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "main.go") // a name that the go command accepts
	if err := os.WriteFile(program, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return commands[language](t, program)
}

// Every program fetches each URL once, with at most the limit at once.
func TestProgramsKeepToTheLimit(t *testing.T) {
	const limit, n = 3, 20
	for language := range commands {
		t.Run(string(language), func(t *testing.T) {
			run := prepared(t, language, snippet.Use{Limit: limit, Why: "at least 97%\nof the peak"})
			srv, seen := countingServer(t)
			var urls strings.Builder
			for i := range n {
				fmt.Fprintf(&urls, "%s/%d?a=1&b={c}\n", srv.URL, i)
			}
			run.Stdin = strings.NewReader(urls.String())
			output, err := run.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, output)
			}
			if got := seen.requests.Load(); got != n || strings.Count(string(output), "\t2\n") != n {
				t.Errorf("the server saw %d requests, want %d:\n%s", got, n, output)
			}
			if peak := seen.peak.Load(); peak > limit {
				t.Errorf("%d requests at once, want at most %d", peak, limit)
			}
		})
	}
}

// Every program follows as many redirects as the run did, and no more.
func TestProgramsFollowAsManyRedirectsAsTheRun(t *testing.T) {
	for language := range commands {
		t.Run(string(language), func(t *testing.T) {
			t.Parallel()
			run := prepared(t, language, snippet.Use{Limit: 1, Follow: 2})
			var paths sync.Map
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				paths.Store(r.URL.Path, true)
				if n := strings.Trim(r.URL.Path, "/"); len(n) > 1 {
					http.Redirect(w, r, "/"+n[1:], http.StatusFound)
				}
			}))
			defer srv.Close()
			run.Stdin = strings.NewReader(srv.URL + "/abc\n" + srv.URL + "/1234\n")
			output, _ := run.CombinedOutput() // of curl it is an error that there was one redirect more
			for path, want := range map[string]bool{"/abc": true, "/c": true, "/1234": true, "/34": true, "/4": false} {
				if _, asked := paths.Load(path); asked != want {
					t.Errorf("%s was requested: %v, want %v:\n%s", path, asked, want, output)
				}
			}
		})
	}
	var text bytes.Buffer
	if err := snippet.Write(&text, snippet.Fetch, snippet.Use{Limit: 1, Follow: 2}); err != nil || !strings.Contains(text.String(), "fetch -c 1 --follow 2 --urls -") {
		t.Errorf("%v:\n%s", err, text.String())
	}
}

// script is the command of a shell script that uses curl.
func script(t *testing.T, program string) *exec.Cmd {
	t.Helper()
	if _, err := exec.LookPath("curl"); err != nil {
		return missing(t, "Debian's curl")
	}
	return exec.Command("sh", program)
}

// missing skips the test, or fails it where nothing may be missing.
func missing(t *testing.T, what string) *exec.Cmd {
	t.Helper()
	if os.Getenv("SWEETSPOT_REQUIRE") != "" {
		t.Fatalf("%s is missing", what)
	}
	t.Skipf("needs %s", what)
	return nil
}

type counts struct{ requests, inFlight, peak atomic.Int64 }

// countingServer starts a server that answers with two bytes.
func countingServer(t *testing.T) (*httptest.Server, *counts) {
	t.Helper()
	seen := &counts{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		seen.requests.Add(1)
		now := seen.inFlight.Add(1)
		for peak := seen.peak.Load(); now > peak && !seen.peak.CompareAndSwap(peak, now); peak = seen.peak.Load() {
		}
		_, _ = w.Write([]byte("ok"))
		seen.inFlight.Add(-1)
	}))
	t.Cleanup(srv.Close)
	return srv, seen
}

func TestAnUnknownLanguageIsAnError(t *testing.T) {
	if err := snippet.Write(&bytes.Buffer{}, "perl", snippet.Use{Limit: 3}); err == nil || err.Error() != `language "perl": want python, go, curl, xargs or fetch` {
		t.Errorf("got %v", err)
	}
}
