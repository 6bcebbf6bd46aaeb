package redirect_test

import (
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sweetspot/strategies/redirect"
)

// A location is an entry of testdata/locations.json, which the tests of package python read too: the rules of the programs in Python
// are the same.
type location struct {
	From, Location string
	To             string // empty if it leads nowhere
}

func locations(t testing.TB) []location {
	t.Helper()
	text, err := os.ReadFile("testdata/locations.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []location
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestLocationsAreResolved(t *testing.T) {
	for _, l := range locations(t) {
		got, err := redirect.Resolve(l.From, l.Location)
		if got != l.To || (err == nil) != (l.To != "") {
			t.Errorf("%q from %s leads to %q, %v; want %q", l.Location, l.From, got, err, l.To)
		}
	}
}

// Whatever a server sends, what comes of it is a URL that every client requests in the same way.
func FuzzLocation(f *testing.F) {
	for _, l := range locations(f) {
		f.Add(l.From, l.Location)
	}
	f.Fuzz(func(t *testing.T, from, location string) {
		from, err := redirect.Resolve("http://a/", from) // an absolute URL as a load has it
		if err != nil {
			return
		}
		got, err := redirect.Resolve(from, location)
		if err != nil {
			return
		}
		if i := strings.IndexFunc(got, func(r rune) bool { return r <= ' ' || r > '~' || r == '#' }); i >= 0 {
			t.Fatalf("%q from %q leads to %q, which has odd characters", location, from, got)
		}
		parsed, err := url.Parse(got)
		if err != nil {
			t.Fatalf("%q from %q leads to %q: %v", location, from, got, err)
		}
		_, rest, _ := strings.Cut(got, "://")
		if requested := rest[strings.IndexByte(rest, '/'):]; parsed.RequestURI() != requested && !strings.HasPrefix(requested, "//") {
			t.Errorf("%q: net/http requests %q, other clients %q", got, parsed.RequestURI(), requested)
		}
		if parsed.Scheme != "http" && parsed.Scheme != "https" || parsed.Hostname() == "" {
			t.Errorf("%q from %q leads to %q, which is no URL of http", location, from, got)
		}
		if again, err := redirect.Resolve(got, got); again != got || err != nil {
			t.Errorf("%q resolved again is %q, %v", got, again, err)
		}
	})
}

func TestSteps(t *testing.T) {
	const most = 2
	start := redirect.Step{URL: "http://a/b", Method: "POST"}
	body := []string{"Content-Encoding", "Content-Language", "Content-Length", "Content-Location", "Content-Type"}
	secret := []string{"Authorization", "Cookie", "Proxy-Authorization", "Host"}
	for _, c := range []struct {
		name     string
		from     redirect.Step
		status   int
		location string
		want     redirect.Step
		leftOut  []string
	}{
		{"301 makes it a GET", start, 301, "/c", redirect.Step{URL: "http://a/c", Method: "GET", Taken: 1, NoBody: true}, body},
		{"302 makes it a GET", start, 302, "/c", redirect.Step{URL: "http://a/c", Method: "GET", Taken: 1, NoBody: true}, body},
		{"303 makes it a GET", start, 303, "/c", redirect.Step{URL: "http://a/c", Method: "GET", Taken: 1, NoBody: true}, body},
		{"307 keeps method and body", start, 307, "/c", redirect.Step{URL: "http://a/c", Method: "POST", Taken: 1}, nil},
		{"308 keeps method and body", start, 308, "/c", redirect.Step{URL: "http://a/c", Method: "POST", Taken: 1}, nil},
		{"HEAD stays HEAD", redirect.Step{URL: "http://a/", Method: "HEAD"}, 303, "c", redirect.Step{URL: "http://a/c", Method: "HEAD", Taken: 1}, nil},
		{"a GET with a body loses it", redirect.Step{URL: "http://a/", Method: "GET", Body: true}, 301, "c", redirect.Step{URL: "http://a/c", Method: "GET", Taken: 1, NoBody: true}, body},
		{"307 keeps a body", redirect.Step{URL: "http://a/", Method: "GET", Body: true}, 307, "c", redirect.Step{URL: "http://a/c", Method: "GET", Body: true, Taken: 1}, nil},
		{"another host", start, 307, "http://b/", redirect.Step{URL: "http://b/", Method: "POST", Taken: 1, Elsewhere: true}, secret},
		{"another port", start, 307, "http://a:81/", redirect.Step{URL: "http://a:81/", Method: "POST", Taken: 1, Elsewhere: true}, secret},
		{"from http to https", start, 307, "https://a/b", redirect.Step{URL: "https://a/b", Method: "POST", Taken: 1}, nil},
		{"from https to http", redirect.Step{URL: "https://a/b", Method: "GET"}, 301, "http://a/b",
			redirect.Step{URL: "http://a/b", Method: "GET", Taken: 1, Elsewhere: true}, secret},
		{"a POST to another host", start, 302, "http://b/", redirect.Step{URL: "http://b/", Method: "GET", Taken: 1, NoBody: true, Elsewhere: true}, slices.Concat(body, secret)},
		{"back again", redirect.Step{URL: "http://b/", Method: "GET", Taken: 1, Elsewhere: true}, 307, "http://a/b",
			redirect.Step{URL: "http://a/b", Method: "GET", Taken: 2, Elsewhere: true}, secret},
	} {
		got, err := c.from.Next(c.status, c.location, most)
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", c.name, err, diff)
		}
		if diff := cmp.Diff(c.leftOut, got.LeftOut()); diff != "" {
			t.Errorf("%s: headers that are left out (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestStepsEnd(t *testing.T) {
	for name, c := range map[string]struct {
		from     redirect.Step
		location string
		want     string
	}{
		"too many":       {redirect.Step{URL: "http://a/", Method: "GET", Taken: 2}, "/", "2 were followed"},
		"none":           {redirect.Step{URL: "http://a/", Method: "GET"}, "", "no Location"},
		"another scheme": {redirect.Step{URL: "http://a/", Method: "GET"}, "mailto:me@a", `"mailto:me@a": its scheme`},
		"no URL":         {redirect.Step{URL: "http://a/", Method: "GET"}, "http://:80" + strings.Repeat("x", 1000), "xxx…"},
	} {
		if _, err := c.from.Next(302, c.location, 2); !errors.Is(err, redirect.ErrNowhere) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
	for status := range 1000 {
		if got, want := redirect.Is(status), slices.Contains([]int{301, 302, 303, 307, 308}, status); got != want {
			t.Errorf("status %d: %v, want %v", status, got, want)
		}
	}
}
