package strategytest

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sweetspot/server"
	"sweetspot/strategies"
)

// mostFollowed is how many redirects the requests of allFollowed follow.
const mostFollowed = 3

// A followed check is a request, and what two servers, A and B, get and answer until it has its outcome. Every path begins with the
// number of the check. Answers are what each server but the last answers: a status and a Location, in which A and B stand for the
// servers' URLs. Requests are as [requestOf] writes them.
type followed struct {
	name     string
	own      *strategies.Message
	path     string
	answers  []string
	requests []string
	class    strategies.Class
	status   int
}

// plainRequest is what keeps the target's Authorization from being sent.
func plainRequest(method string) *strategies.Message {
	return &strategies.Message{Method: method, Header: http.Header{"Authorization": nil}}
}

func formOf(method string) *strategies.Message {
	m := plainRequest(method)
	m.Header["Content-Type"], m.Body = []string{"text/a"}, []byte("body")
	return m
}

var allFollowed = []followed{
	{"a relative Location", plainRequest("GET"), "A/N/0", []string{"302 1"}, []string{"A GET /N/0", "A GET /N/1"}, strategies.OK, 200},
	{"a path", plainRequest("GET"), "A/N/0?q", []string{"301 /N/1?r#f"}, []string{"A GET /N/0?q", "A GET /N/1?r"}, strategies.OK, 200},
	{"an absolute Location", plainRequest("GET"), "A/N/0", []string{"307 A/x/../N/1"}, []string{"A GET /N/0", "A GET /N/1"}, strategies.OK, 200},
	{"characters that are escaped", plainRequest("GET"), "A/N/0", []string{"308 1 |\xc3\xa4?\"b c"}, []string{"A GET /N/0", `A GET /N/1%20%7C%C3%A4?"b%20c`}, strategies.OK, 200},
	{"as many as are followed", plainRequest("GET"), "A/N/0", []string{"302 1", "303 2", "301 3"}, []string{"A GET /N/0", "A GET /N/1", "A GET /N/2", "A GET /N/3"}, strategies.OK, 200},
	{"one more", plainRequest("GET"), "A/N/0", []string{"302 1", "303 2", "301 3", "307 4"}, []string{"A GET /N/0", "A GET /N/1", "A GET /N/2", "A GET /N/3"}, strategies.Unexpected, 307},
	{"a loop", plainRequest("GET"), "A/N/0", []string{"302 0", "302 0", "302 0", "302 0"}, []string{"A GET /N/0", "A GET /N/0", "A GET /N/0", "A GET /N/0"}, strategies.Unexpected, 302},
	{"POST and 301", formOf("POST"), "A/N/0", []string{"301 1"}, []string{"A POST /N/0 Content-Type=text/a body", "A GET /N/1"}, strategies.OK, 200},
	{"POST and 302", formOf("POST"), "A/N/0", []string{"302 1"}, []string{"A POST /N/0 Content-Type=text/a body", "A GET /N/1"}, strategies.OK, 200},
	{"PUT and 303", formOf("PUT"), "A/N/0", []string{"303 1"}, []string{"A PUT /N/0 Content-Type=text/a body", "A GET /N/1"}, strategies.OK, 200},
	{"POST and 307", formOf("POST"), "A/N/0", []string{"307 1"}, []string{"A POST /N/0 Content-Type=text/a body", "A POST /N/1 Content-Type=text/a body"}, strategies.OK, 200},
	{"PUT, 308 and 303", formOf("PUT"), "A/N/0", []string{"308 1", "303 2"}, []string{"A PUT /N/0 Content-Type=text/a body", "A PUT /N/1 Content-Type=text/a body", "A GET /N/2"}, strategies.OK, 200},
	{"HEAD", plainRequest("HEAD"), "A/N/0", []string{"302 1"}, []string{"A HEAD /N/0", "A HEAD /N/1"}, strategies.OK, 200},
	{"the target's Authorization to the same server", nil, "A/N/0", []string{"302 1"}, []string{"A GET /N/0 Authorization=Bearer x", "A GET /N/1 Authorization=Bearer x"}, strategies.OK, 200},
	{"the target's Authorization to another, and back", nil, "A/N/0", []string{"302 B/N/1", "302 A/N/2"}, []string{"A GET /N/0 Authorization=Bearer x", "B GET /N/1", "A GET /N/2"}, strategies.OK, 200},
	{"a Cookie to another server", &strategies.Message{Header: http.Header{"Cookie": {"own=1"}, "Authorization": nil}}, "A/N/0", []string{"307 1", "307 B/N/2"},
		[]string{"A GET /N/0 Cookie=own=1", "A GET /N/1 Cookie=own=1", "B GET /N/2"}, strategies.OK, 200},
	{"a login to the same server", plainRequest("GET"), "me:p@A/N/0", []string{"302 1", "302 A/N/2"},
		[]string{"A GET /N/0 Authorization=Basic bWU6cA==", "A GET /N/1 Authorization=Basic bWU6cA==", "A GET /N/2 Authorization=Basic bWU6cA=="}, strategies.OK, 200},
	{"a login to another server", plainRequest("GET"), "me:p@A/N/0", []string{"302 B/N/1"}, []string{"A GET /N/0 Authorization=Basic bWU6cA==", "B GET /N/1"}, strategies.OK, 200},
	{"a body to another server", formOf("POST"), "A/N/0", []string{"307 B/N/1"}, []string{"A POST /N/0 Content-Type=text/a body", "B POST /N/1 Content-Type=text/a body"}, strategies.OK, 200},
	{"a given Host", &strategies.Message{Header: http.Header{"Host": {"example.test"}, "Authorization": nil}}, "A/N/0", []string{"302 1", "302 B/N/2"},
		[]string{"A GET /N/0 Host=example.test", "A GET /N/1 Host=example.test", "B GET /N/2"}, strategies.OK, 200},
	{"a cookie that the redirect sets", plainRequest("GET"), "A/N/0", []string{"302 1 set"}, []string{"A GET /N/0", "A GET /N/1 Cookie=set=N"}, strategies.OK, 200},
	{"no Location", plainRequest("GET"), "A/N/0", []string{"302"}, []string{"A GET /N/0"}, strategies.Unexpected, 302},
	{"a Location that is no URL", plainRequest("GET"), "A/N/0", []string{"302 http://%zz/"}, []string{"A GET /N/0"}, strategies.Unexpected, 302},
	{"another scheme", plainRequest("GET"), "A/N/0", []string{"302 1", "302 ftp://127.0.0.1/"}, []string{"A GET /N/0", "A GET /N/1"}, strategies.Unexpected, 302},
	{"a status that is no redirect", plainRequest("GET"), "A/N/0", []string{"300 1"}, []string{"A GET /N/0"}, strategies.TooLarge, 300},
	{"a redirect to what is not there", plainRequest("GET"), "A/N/0", []string{"302 1", "404"}, []string{"A GET /N/0", "A GET /N/1"}, strategies.BadStatus, 404},
}

// redirects are two servers that answer as allFollowed says, and write down what they get.
type redirects struct {
	a, b site
	mu   sync.Mutex
	got  map[string][]string // by the number of the check
}

// newRedirects starts the servers, until the end of the test.
func newRedirects(t *testing.T, c candidate) *redirects {
	r := &redirects{got: map[string][]string{}}
	r.a, r.b = c.site(r.handler("A")), c.site(r.handler("B"))
	t.Cleanup(r.a.Close)
	t.Cleanup(r.b.Close)
	return r
}

// named returns the text with the URLs of the servers for A and B at its beginning or after a login, and the number for N.
func (r *redirects) named(text string, number int) string {
	login, text, found := strings.Cut(text, "@")
	if !found {
		login, text = "", login
	}
	for letter, s := range map[string]site{"A/": r.a, "B/": r.b} {
		if rest, is := strings.CutPrefix(text, letter); is {
			scheme, host, _ := strings.Cut(s.URL, "://")
			if found {
				login += "@"
			}
			text = scheme + "://" + login + host + "/" + rest
		}
	}
	return strings.ReplaceAll(text, "/N/", fmt.Sprintf("/%d/", number))
}

func (r *redirects) handler(letter string) http.HandlerFunc {
	return func(w http.ResponseWriter, request *http.Request) {
		number := 0
		_, _ = fmt.Sscanf(request.URL.Path, "/%d/", &number)
		check := allFollowed[number]
		key := fmt.Sprint(number)
		r.mu.Lock()
		step := len(r.got[key])
		r.got[key] = append(r.got[key], letter+" "+strings.Replace(requestOf(request), "/"+key+"/", "/N/", 1))
		r.mu.Unlock()
		if step >= len(check.answers) {
			_, _ = io.WriteString(w, "{}")
			return
		}
		code, location, found := strings.Cut(check.answers[step], " ")
		if location, sets := strings.CutSuffix(location, " set"); sets {
			http.SetCookie(w, &http.Cookie{Name: "set", Value: "N", Path: "/" + key})
			w.Header()["Location"] = []string{location}
		} else if found {
			w.Header()["Location"] = []string{r.named(location, number)}
		}
		status := 0
		_, _ = fmt.Sscan(code, &status)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, strings.Repeat("no JSON ", 20_000)) // which is neither kept nor decoded
	}
}

// requestOf returns the method and the path of a request, with those of its headers that redirects are about, and its body.
func requestOf(r *http.Request) string {
	text := r.Method + " " + r.RequestURI
	if strings.Contains(r.Host, "test") {
		text += " Host=" + r.Host
	}
	for _, name := range []string{"Authorization", "Content-Type", "Cookie", "Referer"} {
		if value, set := r.Header[name]; set {
			text += " " + name + "=" + strings.Join(value, ",")
		}
	}
	body, _ := io.ReadAll(r.Body)
	return strings.TrimSuffix(text+" "+string(body), " ")
}

// openFollowing opens a session that follows redirects, or skips the check if the strategy says that it cannot.
func (c candidate) openFollowing(t *testing.T, target strategies.Target, limit int) strategies.Session {
	t.Helper()
	session, err := c.Open(t.Context(), target, limit)
	if errors.Is(err, errors.ErrUnsupported) && slices.Contains(c.traits.Cannot, strategies.FollowSetting) {
		t.Skip(err)
	}
	must(t, err)
	t.Cleanup(func() {
		if err := session.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return session
}

// redirectsAreFollowed checks that every strategy follows redirects by the same rules: one request after the other, in one session.
func redirectsAreFollowed(t *testing.T, c candidate) {
	servers := newRedirects(t, c)
	w := NewWork(int64(len(allFollowed)))
	followed := int64(0)
	for i, check := range allFollowed {
		w.URLs, w.Messages = append(w.URLs, servers.named(check.path, i)), append(w.Messages, check.own)
		followed += int64(len(check.requests) - 1)
	}
	session := c.openFollowing(t, strategies.Target{
		Header: http.Header{"Authorization": {"Bearer x"}}, Varied: true, Follow: mostFollowed, JSON: true, MaxBody: 100_000,
	}, 1)
	must(t, session.Run(t.Context(), 1, w))
	w.Check(t)
	for i, check := range allFollowed {
		t.Run(check.name, func(t *testing.T) {
			if diff := cmp.Diff(check.requests, servers.got[fmt.Sprint(i)]); diff != "" {
				t.Errorf("the servers got (-want +got):\n%s", diff)
			}
			if o := w.Outcomes[int64(i)]; o.Class != check.class || o.Status != check.status {
				t.Errorf("class %v, status %d, want %v and %d: %v", o.Class, o.Status, check.class, check.status, o.Err)
			}
		})
	}
	if got := session.Usage().Redirects; got != followed {
		t.Errorf("it says that %d redirects were followed, want %d", got, followed)
	}
}

// redirectsKeepTheLimit checks that a request with its redirects takes one slot, and that the work sees it as one.
func redirectsKeepTheLimit(t *testing.T, c candidate) {
	const n, limit, each = 60, 5, 2
	srv := c.server(t, server.Config{})
	session := c.openFollowing(t, strategies.Target{Follow: each}, limit)
	for range 2 { // the second run counts from 0
		srv.Reset()
		w := NewWork(n, fmt.Sprintf("%sredirect/%d", srv.URL(), each))
		must(t, session.Run(t.Context(), limit, w))
		w.Check(t)
		if got := w.Classes()[strategies.OK]; got != n || w.Outcomes[0].Status != http.StatusOK {
			t.Errorf("%d of %d succeeded: %s", got, n, w.Errors())
		}
		stats := srv.Stats()
		if stats.Requests != n*(1+each) || stats.PeakInFlight > limit || session.Usage().Redirects != n*each {
			t.Errorf("the server saw %d requests, %d at once, and the session says %d redirects; want %d, at most %d, and %d",
				stats.Requests, stats.PeakInFlight, session.Usage().Redirects, n*(1+each), limit, n*each)
		}
	}
}

// redirectsTakeOneTimeout checks that the timeout is that of a request with all its redirects, each of which is faster.
func redirectsTakeOneTimeout(t *testing.T, c candidate) {
	const n = 3
	step := c.delay(150 * time.Millisecond)
	srv := c.server(t, server.Config{Delay: step})
	session := c.openFollowing(t, strategies.Target{Follow: 10, Timeout: 5 * step / 2}, n)
	w := NewWork(n, srv.URL()+"redirect/5")
	must(t, session.Run(t.Context(), n, w))
	w.Check(t)
	if got := w.Classes()[strategies.Timeout]; int64(got) != min(n, w.Started) {
		t.Errorf("got %v, want all of class %v: %s", w.Classes(), strategies.Timeout, w.Errors())
	}
}

// handleGetsTheLastAnswer checks that what redirects lead to is all that a caller sees.
func handleGetsTheLastAnswer(t *testing.T, c candidate) {
	skipIf(t, c.otherProcess, "another process cannot call a function of this process")
	srv := c.server(t, server.Config{})
	first := srv.URL() + "redirect/2"
	var mu sync.Mutex
	var got []string
	target := strategies.Target{
		Follow: 2, Every: true, Expect: &strategies.Expectation{Status: true, Check: func(a strategies.Answer) error {
			if a.Status != http.StatusOK {
				return strategies.ErrUnexpected
			}
			return nil
		}},
		Handle: func(r *strategies.Request, a strategies.Answer) error {
			mu.Lock()
			defer mu.Unlock()
			got = append(got, fmt.Sprintf("%s %s %d", r.Origin().URL, r.URL, a.Status))
			return nil
		},
	}
	w := NewWork(1, first)
	must(t, c.openFollowing(t, target, 1).Run(t.Context(), 1, w))
	if want := []string{fmt.Sprintf("%s %s %d", first, srv.URL(), http.StatusOK)}; !slices.Equal(got, want) || w.Classes()[strategies.OK] != 1 {
		t.Errorf("Handle was given %q, want %q: %s", got, want, w.Errors())
	}
}
