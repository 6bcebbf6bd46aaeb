package requests_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sweetspot/bench/requests"
	"sweetspot/strategies"
)

func TestListsHaveWhatEachRequestSends(t *testing.T) {
	list, err := requests.Parse("\ufeffhttp://a/\n# a comment\n\n{\"url\":\"http://b/\",\"method\":\"PUT\"}\ncurl 'http://c/' \\\n  -H 'A: b' \\\n  -d x\nhttp://d/\n")
	if err != nil {
		t.Fatal(err)
	}
	var urls []string
	for i := range list.Len() {
		urls = append(urls, list.At(i))
	}
	if diff := cmp.Diff([]string{"http://a/", "http://b/", "http://c/", "http://d/"}, urls); diff != "" || list.At(4) != "http://a/" {
		t.Errorf("URLs (-want +got):\n%s", diff)
	}
	if !list.Varied() || list.Message(0, "") != nil || list.Message(5, "").Method != "PUT" || list.Message(3, "") != nil {
		t.Errorf("messages of the wrong requests: %v", list.Message(5, ""))
	}
	if m := list.Message(2, ""); m.Method != "POST" || string(m.Body) != "x" || m.Header.Get("A") != "b" {
		t.Errorf("the command sends %+v", m)
	}
}

func TestWrongLinesOfAListAreNamed(t *testing.T) {
	_, err := requests.Parse("http://a/\nnonsense\ncurl 'http://b/' \\\n -d\n{\"url\":\"ftp://c\"}")
	for _, want := range []string{"line 2: ", "line 3: curl", "line 5: "} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if list, err := requests.Parse("http://a/"); err != nil || list.Varied() || list.Message(0, "") != nil {
		t.Errorf("a list of URLs: %+v, %v", list, err)
	}
	if _, err := requests.Parse("\n# nothing\n"); err == nil || !strings.Contains(err.Error(), "want one per line") {
		t.Errorf("an empty list: %v", err)
	}
}

func TestHeadersAndCookiesGoToTheirHostsOnly(t *testing.T) {
	headers := requests.HostHeaders{}
	for host, header := range map[string]http.Header{"A.example": {"X": {"1"}, "Cookie": {"own=1"}}, "a.example:81": {"X": {"2"}}, "[::1]": {"Y": {"3"}}} {
		if err := headers.Add(host, header); err != nil {
			t.Fatal(err)
		}
	}
	jar := strategies.NewCookies()
	jar.Set(&url.URL{Scheme: "http", Host: "a.example", Path: "/"}, "login=2; Path=/private")
	p := requests.NewPerHost(nil, headers, jar)
	for address, want := range map[string]http.Header{
		"http://a.example/":          {"X": {"1"}, "Cookie": {"own=1"}},
		"http://a.example:81/":       {"X": {"2"}, "Cookie": {"own=1"}},
		"http://a.example/private/b": {"X": {"1"}, "Cookie": {"own=1", "login=2"}},
		"https://[::1]:443/":         {"Y": {"3"}},
		"http://me@a.example/":       {"X": {"1"}, "Cookie": {"own=1"}},
	} {
		if diff := cmp.Diff(&strategies.Message{Header: want}, p.Message(0, address)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", address, diff)
		}
		if p.Message(0, address) != p.Message(1, address) {
			t.Errorf("%s: requests that send the same have messages of their own", address)
		}
	}
	if got := p.Message(0, "http://b.example/"); got != nil {
		t.Errorf("another host gets %+v", got)
	}
	for _, host := range []string{"", "a/b", "http://a", "a b", "me@a"} {
		if err := headers.Add(host, nil); err == nil {
			t.Errorf("the host %q: want an error", host)
		}
	}
}

func TestARequestKeepsWhatItSendsItself(t *testing.T) {
	list, err := requests.Parse(`{"url":"http://a/","method":"PUT","headers":{"X":"own"},"body":"b"}`)
	if err != nil {
		t.Fatal(err)
	}
	headers := requests.HostHeaders{"a": {"X": {"1"}, "Y": {"2"}}}
	want := &strategies.Message{Method: "PUT", Body: []byte("b"), Header: http.Header{"X": {"own"}, "Y": {"2"}}}
	p := requests.NewPerHost(list, headers, nil)
	for _, got := range []*strategies.Message{p.Message(0, list.At(0)), p.With(list.Message(0, ""), list.At(0))} {
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	if got := p.With(nil, "http://a/"); got.Header.Get("Y") != "2" || got != p.With(nil, "http://a/b") {
		t.Errorf("a request without a message sends %+v", got)
	}
}

// What a redirect leads to gets the headers of its host, and no credentials that were for another.
func TestRedirectedRequestsSendWhatIsForTheirHost(t *testing.T) {
	list, err := requests.Parse(`{"url":"http://a/","headers":{"X":"own","Authorization":"own","Cookie":"own=1"}}`)
	if err != nil {
		t.Fatal(err)
	}
	headers := requests.HostHeaders{"a": {"For": {"a"}}, "b": {"For": {"b"}, "Authorization": {"b"}}}
	p := requests.NewPerHost(list, headers, nil)
	for _, c := range []struct {
		url       string
		elsewhere bool
		want      http.Header
	}{
		{"http://a/2", false, http.Header{"X": {"own"}, "Authorization": {"own"}, "Cookie": {"own=1"}, "For": {"a"}}},
		{"http://b/", true, http.Header{"X": {"own"}, "Authorization": {"b"}, "Cookie": nil, "Host": nil, "Proxy-Authorization": nil, "For": {"b"}}},
		{"http://a/3", true, http.Header{"X": {"own"}, "Authorization": nil, "Cookie": nil, "Host": nil, "Proxy-Authorization": nil, "For": {"a"}}},
	} {
		if diff := cmp.Diff(c.want, p.Redirected(0, c.url, c.elsewhere).Header); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.url, diff)
		}
	}
	if got := requests.NewPerHost(nil, headers, nil).Redirected(0, "http://b/", true); got.Header.Get("For") != "b" {
		t.Errorf("without a list: %+v", got)
	}
}

func TestParseLogin(t *testing.T) {
	method, address, body, err := requests.ParseLogin(`POST  /login  {"user": "me"}`)
	if method != "POST" || address != "/login" || body != `{"user": "me"}` || err != nil {
		t.Errorf("%q %q %q, %v", method, address, body, err)
	}
	for _, text := range []string{"", "POST", "/login user=me", "P(ST /login", "POST nonsense", "POST ftp://a/"} {
		if _, _, _, err := requests.ParseLogin(text); err == nil || !strings.Contains(err.Error(), "want a") {
			t.Errorf("%q: %v, want an error that shows the form", text, err)
		}
	}
}
