package cli_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sweetspot/bench/cli"
	"sweetspot/results"
	"sweetspot/server"
)

// A recording server notes what each request sends, and sets a cookie where somebody logs in.
func recordingServer(t *testing.T) (srv *httptest.Server, seen func() map[string]string) {
	t.Helper()
	var mu sync.Mutex
	got := map[string]string{}
	srv = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		got[r.URL.Path] = strings.TrimSpace(r.Method + " " + r.Header.Get("X-A") + " " + r.Header.Get("Cookie") + " " + string(body))
		mu.Unlock()
		if r.URL.Path == "/login" {
			w.Header().Set("Set-Cookie", "session=c00kieval")
		}
	}))
	t.Cleanup(srv.Close)
	return srv, func() map[string]string {
		mu.Lock()
		defer mu.Unlock()
		return got
	}
}

func TestListsHeadersForHostsAndALogin(t *testing.T) {
	for _, command := range [][]string{
		{"bench", "-s", "pool,eventloop", "-n", "9", "--repeats", "1", "--format", "json"},
		{"fetch"},
	} {
		srv, seen := recordingServer(t)
		host := strings.TrimPrefix(srv.URL, "http://")
		list := filepath.Join(t.TempDir(), "list")
		text := srv.URL + "/a\n{\"url\":\"" + srv.URL + "/b\",\"method\":\"PUT\",\"headers\":{\"X-A\":\"own\"},\"body\":\"text\"}\ncurl '" + srv.URL + "/c' \\\n  --data-raw 's3cretbody'\n"
		if err := os.WriteFile(list, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		out := sweetspot(t.Context(), append(command, "--urls", list, "--header-for", host, "X-A: forhost", "--login", "POST /login user=me&password=s3cretpass")...)
		want := map[string]string{
			"/login": "POST   user=me&password=s3cretpass", "/a": "GET forhost session=c00kieval", "/b": "PUT own session=c00kieval text", "/c": "POST forhost session=c00kieval s3cretbody",
		}
		if diff := cmp.Diff(want, seen()); diff != "" || out.status != 0 {
			t.Errorf("%s: exit status %d; the server saw (-want +got):\n%s\n%s", command[0], out.status, diff, out.stderr)
		}
		if all := out.stdout + out.stderr; strings.Contains(all, "s3cret") || strings.Contains(all, "forhost") {
			t.Errorf("%s prints a secret:\n%s", command[0], all)
		}
	}
}

func TestALoginThatFailsEndsBeforeTheFirstRequest(t *testing.T) {
	srv, seen := recordingServer(t)
	out := sweetspot(t.Context(), "bench", "-s", "pool", "-n", "9", "--login", "GET /nobody", srv.URL+"/a")
	if _, requested := seen()["/a"]; out.status != 1 || requested || !strings.Contains(out.stderr, "the answer sets no cookie: want a request that logs in") {
		t.Errorf("exit status %d, requested %v, %s", out.status, requested, out.stderr)
	}
}

func TestCredentialsForSeveralHostsAreWarnedOf(t *testing.T) {
	first, second := startServer(t, server.Config{}), startServer(t, server.Config{})
	list := filepath.Join(t.TempDir(), "list")
	if err := os.WriteFile(list, []byte(first.URL()+"\n"+second.URL()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run := sweetspot(t.Context(), "bench", "-s", "pool", "-n", "4", "--repeats", "1", "--format", "json", "-H", "Authorization: Bearer x", "--urls", list).run(t)
	if len(run.Warnings) == 0 || !strings.Contains(run.Warnings[0].String(), "--header-for") {
		t.Errorf("warned %q, want that Authorization goes to two hosts", results.Words(run.Warnings))
	}
}

func TestCredentialsForSeveralHostsAreWarnedOfBeforeTheFirstRequest(t *testing.T) {
	srv, seen := recordingServer(t)
	list := filepath.Join(t.TempDir(), "list")
	if err := os.WriteFile(list, []byte(srv.URL+"/a\n"+strings.Replace(srv.URL, "127.0.0.1", "127.0.0.2", 1)+"/b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	warned := false
	messages := writerFunc(func(text []byte) (int, error) {
		if !warned && strings.Contains(string(text), "--header-for") {
			if warned = true; len(seen()) > 0 {
				t.Errorf("warned after %v", seen())
			}
		}
		return len(text), nil
	})
	cli.Run(t.Context(), []string{"bench", "--connect-to", "127.0.0.2::127.0.0.1:", "-s", "pool", "-n", "4", "--repeats", "1", "-H", "Authorization: Bearer x", "--urls", list}, io.Discard, messages)
	if !warned || len(seen()) != 2 {
		t.Errorf("warned %v, requested %v", warned, seen())
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(text []byte) (int, error) { return f(text) }

func TestRunsSayHowTheTargetWasReached(t *testing.T) {
	srv := startServer(t, server.Config{})
	port := srv.URL()[strings.LastIndex(srv.URL(), ":")+1 : len(srv.URL())-1]
	detour := "name.test:80:127.0.0.1:" + port
	run := sweetspot(t.Context(), "bench", "-s", "pool,eventloop", "-n", "20", "--repeats", "1", "--format", "json", "--connect-to", detour, "http://name.test/").run(t)
	for _, trial := range run.Trials {
		if trial.Succeeded != 20 {
			t.Errorf("%s: %d of 20 succeeded: %s", trial.Strategy, trial.Succeeded, trial.FirstError)
		}
	}
	if len(run.Trials) != 2 || run.Settings.ConnectTo != detour {
		t.Errorf("%d trials, connected to %q; want 2 and %q", len(run.Trials), run.Settings.ConnectTo, detour)
	}
}

// A proxy that wants a login, or is none, is found before the first request.
func TestAProxyThatRefusesIsNamedInOneLine(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusProxyAuthRequired) }))
	defer proxy.Close()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	for proxy, want := range map[string]string{
		proxy.URL: "it wants a login: want a name and a password in its URL",
		strings.Replace(proxy.URL, "http://", "http://me:s3cretpass@", 1): "it does not accept the login in its URL",
		"http://" + closed.Addr().String():                                "connection refused",
	} {
		out := sweetspot(t.Context(), "bench", "-s", "pool", "-n", "4", "--proxy", proxy, "https://name.test/")
		if out.status != 1 || !strings.Contains(out.stderr, want) || strings.Count(out.stderr, "\n") != 1 || strings.Contains(out.stderr, "s3cret") {
			t.Errorf("--proxy %s: exit status %d, stderr %q: want one line with %q", proxy, out.status, out.stderr, want)
		}
	}
}
