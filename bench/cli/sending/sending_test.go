package sending_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"sweetspot/bench"
	"sweetspot/bench/cli/sending"
)

func TestPairedJoinsTheTwoValuesOfAFlag(t *testing.T) {
	for _, c := range []struct{ args, want []string }{
		{[]string{"bench", "--header-for", "a", "X: 1", "http://a/"}, []string{"bench", "--header-for", "a X: 1", "http://a/"}},
		{[]string{"--header-for=a", "X: 1"}, []string{"--header-for=a X: 1"}},
		{[]string{"--header-for", "a X: 1", "http://a/"}, []string{"--header-for", "a X: 1", "http://a/"}},
		{[]string{"--", "--header-for", "a", "b"}, []string{"--", "--header-for", "a", "b"}},
		{[]string{"--header-for", "a"}, []string{"--header-for", "a"}},
		{nil, nil},
	} {
		if diff := cmp.Diff(c.want, sending.Paired(c.args)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.args, diff)
		}
	}
}

// plan returns the plan of a command line, and its faults.
func plan(t *testing.T, args ...string) (sending.Plan, error) {
	t.Helper()
	var f sending.Flags
	set := pflag.NewFlagSet("test", pflag.ContinueOnError)
	f.Bind(set)
	if err := set.Parse(sending.Paired(args)); err != nil {
		t.Fatal(err)
	}
	p, errs := f.Plan()
	return p, errors.Join(errs...)
}

func TestWrongFlagsAreNamedWithWhatWouldBeRight(t *testing.T) {
	for want, args := range map[string][]string{
		"--header-for a: \"nonsense\": want one such as": {"--header-for", "a", "nonsense"},
		"--header-for a/b: want a host":                  {"--header-for", "a/b", "X: 1"},
		"--login: want a method, a URL and a body":       {"--login", "user=me"},
	} {
		if _, err := plan(t, args...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", args, err, want)
		}
	}
}

func TestALoginSendsItsCookiesWithEveryRequest(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch r.URL.Path {
		case "/login":
			if r.Method != http.MethodPost || string(body) != "user=me" || r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" || r.Header.Get("X") != "1" {
				w.WriteHeader(http.StatusForbidden)
				return
			}
			http.SetCookie(w, &http.Cookie{Name: "a", Value: "1"})
			http.SetCookie(w, &http.Cookie{Name: "b", Value: "2"})
			w.WriteHeader(http.StatusFound)
		case "/plain":
			fmt.Fprint(w, "no cookie")
		}
	}))
	defer srv.Close()
	load := bench.Load{URLs: bench.List{srv.URL + "/private"}, Header: http.Header{"X": {"1"}}}
	p, err := plan(t, "--login", "POST /login user=me")
	if err != nil {
		t.Fatal(err)
	}
	messages, err := p.Messages(t.Context(), load)
	if err != nil {
		t.Fatal(err)
	}
	if got := messages.Message(0, srv.URL+"/private").Header.Get("Cookie"); got != "a=1; b=2" && got != "b=2; a=1" {
		t.Errorf("requests send the cookies %q", got)
	}
	if m := messages.Message(0, "http://other.example/"); m != nil {
		t.Errorf("another host gets %+v", m)
	}
	for login, want := range map[string]string{
		"POST /login user=you":             "HTTP status 403 Forbidden: want a login that the server accepts",
		"GET " + srv.URL + "/plain":        "the answer sets no cookie: want a request that logs in",
		"GET http://me:secret@127.0.0.1:1": "connection refused",
	} {
		p, err := plan(t, "--login", login)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Messages(t.Context(), load); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v, want %q", login, err, want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Messages(ctx, load); !errors.Is(err, context.Canceled) {
		t.Errorf("an interrupted login: %v", err)
	}
}
