package strategies_test

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sweetspot/strategies"
	_ "sweetspot/strategies/eventloop"
	"sweetspot/strategies/strategytest"
)

// Own says what a redirected request sends to another host, in every client of this process.
func TestOwnDecidesWhatRedirectedRequestsSend(t *testing.T) {
	var mu sync.Mutex
	var got []string
	note := func(name, location string) *httptest.Server {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			got = append(got, name+": "+r.Header.Get("For")+" "+r.Header.Get("Authorization")+" "+r.Header.Get("X-Target"))
			if location != "" {
				w.Header().Set("Location", location)
				w.WriteHeader(http.StatusFound)
			}
		}))
		t.Cleanup(srv.Close)
		return srv
	}
	b := note("b", "")
	a := note("a", b.URL+"/x")
	for _, name := range []string{"pool", "fasthttp", "eventloop"} {
		s, err := strategies.Get(name)
		if err != nil {
			continue // it does not run here
		}
		got = nil
		target := strategies.Target{
			Varied: true, Follow: 1, Header: http.Header{"Authorization": {"target"}, "X-Target": {"1"}},
			Own: func(first *strategies.Request, url string, elsewhere bool) *strategies.Message {
				if first.URL != a.URL || url != b.URL+"/x" || !elsewhere {
					t.Errorf("%s: asked for %s, %s, %v", name, first.URL, url, elsewhere)
				}
				return &strategies.Message{Header: http.Header{"For": {"b"}, "Authorization": {"for b"}}}
			},
		}
		w := strategytest.NewWork(1, a.URL)
		w.Messages = []*strategies.Message{{Header: http.Header{"For": {"a"}}}}
		strategytest.Run(t, s, target, 1, w)
		if diff := cmp.Diff([]string{"a: a target 1", "b: b for b 1"}, got); diff != "" {
			t.Errorf("%s: the servers got (-want +got):\n%s\n%s", name, diff, w.Errors())
		}
	}
}

// A request that is redirected again without a change shares its message, so that clients need not write another.
func TestRedirectsThatChangeNothingKeepTheMessage(t *testing.T) {
	own := &strategies.Message{Header: http.Header{"A": {"b"}}}
	target := strategies.Target{Follow: 3}.WithDefaults()
	r := strategies.Request{URL: "http://a/", Index: 7, Message: own}
	for i := range 3 {
		next, err := target.Redirected(&r, http.StatusFound, "/x")
		if err != nil || next.Message != own || next.Index != 7 || next.URL != "http://a/x" || next.Origin().URL != "http://a/" {
			t.Fatalf("redirect %d: %+v, %v", i, next, err)
		}
		r = next
	}
	if _, err := target.Redirected(&r, http.StatusFound, "/x"); err == nil {
		t.Error("a fourth redirect: want an error")
	}
}
