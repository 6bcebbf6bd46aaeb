package fetch_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sweetspot/bench/fetch"
	"sweetspot/bench/requests"
	"sweetspot/strategies"
)

// A redirect leads to another request of the same job, with the headers and the robots.txt of its own host.
func TestRedirectsAreFollowedUnderTheMannersOfTheirHosts(t *testing.T) {
	var mu sync.Mutex
	var got []string
	note := func(name string, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		got = append(got, strings.TrimSpace(strings.Join([]string{name, r.Method, r.URL.Path, r.Header.Get("Authorization"), r.Header.Get("For"), string(body)}, " ")))
	}
	b := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		note("b", r)
		if r.URL.Path == "/robots.txt" {
			_, _ = io.WriteString(w, "User-agent: *\nDisallow: /private\n")
			return
		}
		_, _ = io.WriteString(w, `{"at":"b"}`)
	}))
	defer b.Close()
	a := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		note("a", r)
		to := map[string]string{"/0": "1", "/1": b.URL + "/x", "/2": b.URL + "/private", "/3": b.URL + "/y#part", "/4": "4", "/5": "ftp://a/"}[r.URL.Path]
		if to == "" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Location", to)
		status := http.StatusFound
		if r.Method == http.MethodPut {
			status = http.StatusTemporaryRedirect
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "<html>moved</html>")
	}))
	defer a.Close()
	text := a.URL + "/0\n" + a.URL + "/2\n" + `{"url":"` + a.URL + `/3","method":"PUT","body":"b","id":7}` + "\n" + a.URL + "/4\n" + a.URL + "/5\n"
	s := settings(t)
	s.Robots = true
	s.Target = strategies.Target{Follow: 3, JSON: true, Header: http.Header{"Authorization": {"mine"}}}
	headers := requests.HostHeaders{}
	for host, value := range map[string]string{a.URL: "a", b.URL: "b"} {
		if err := headers.Add(strings.TrimPrefix(host, "http://"), http.Header{"For": {value}}); err != nil {
			t.Fatal(err)
		}
	}
	s.Message = requests.NewPerHost(nil, headers, nil).With
	path := filepath.Join(t.TempDir(), "out.jsonl")
	sum, err := run(t, t.Context(), list(t, text), path, fetch.StoreOptions{}, s)
	if err != nil {
		t.Fatal(err)
	}
	type result struct {
		URL, Final  string
		Status      int
		Attempts    int
		ID          int
		JSON, Class string
	}
	var found []result
	for _, l := range lines(t, path, 5) {
		r := result{strings.TrimPrefix(l.URL, a.URL), l.FinalURL, l.Status, l.Attempts, l.ID, string(l.JSON), ""}
		if l.Error != nil {
			r.Class = l.Error.Class
		}
		found = append(found, r)
	}
	want := []result{
		{"/0", b.URL + "/x", 200, 3, 0, `{"at":"b"}`, ""},
		{"/2", b.URL + "/private", 0, 1, 0, "", "robots"},
		{"/3", b.URL + "/y", 200, 2, 7, `{"at":"b"}`, ""},
		{"/4", a.URL + "/4", 302, 4, 0, "", "unexpected"},
		{"/5", "", 302, 1, 0, "", "unexpected"},
	}
	if diff := cmp.Diff(want, found); diff != "" || sum.Failed != 3 {
		t.Errorf("%d failed; lines (-want +got):\n%s", sum.Failed, diff)
	}
	counts := map[string]int{}
	for _, request := range got {
		counts[request]++
	}
	wantRequests := map[string]int{
		"a GET /robots.txt mine": 1, "b GET /robots.txt": 1, "a GET /0 mine a": 1, "a GET /1 mine a": 1, "b GET /x  b": 1, "a GET /2 mine a": 1,
		"a PUT /3 mine a b": 1, "b PUT /y  b b": 1, "a GET /4 mine a": 4, "a GET /5 mine a": 1,
	}
	if diff := cmp.Diff(wantRequests, counts); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestRobotsRedirectedElsewhereIsAskedWithoutCredentials(t *testing.T) {
	asked := make(chan http.Header, 1)
	b := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked <- r.Header }))
	defer b.Close()
	a := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.Redirect(w, r, b.URL+"/robots.txt", http.StatusFound)
		}
	}))
	defer a.Close()
	s := settings(t)
	s.Robots = true
	s.Target = strategies.Target{Header: http.Header{"Authorization": {"mine"}, "Cookie": {"a=b"}, "Other": {"c"}}}
	if _, err := run(t, t.Context(), list(t, a.URL+"/\n"), filepath.Join(t.TempDir(), "out.jsonl"), fetch.StoreOptions{}, s); err != nil {
		t.Fatal(err)
	}
	if got := <-asked; got.Get("Authorization") != "" || got.Get("Cookie") != "" || got.Get("Other") != "c" {
		t.Errorf("another server was asked with %v", got)
	}
}
