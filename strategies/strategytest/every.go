package strategytest

import (
	"errors"
	"io"
	"maps"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sweetspot/server"
	"sweetspot/strategies"
)

// seen is what Handle was given of one answer.
type seen struct {
	Status             int
	Body, Retry, Empty string
	Fields             int // of the name X-Seen
}

// With Every, Handle is given every answer with its header, whatever its status, and the classes are as without it.
func everyAnswerIsHandled(t *testing.T, c candidate) {
	skipIf(t, c.otherProcess, "another process cannot call a function of this process")
	srv := c.site(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("retry-after", "7")
		w.Header()["X-Seen"] = []string{"one", "two"}
		switch r.URL.Path {
		case "/none":
			w.WriteHeader(http.StatusNoContent)
		case "/missing":
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, "not here")
		default:
			_, _ = io.WriteString(w, `{"ok":true}`)
		}
	})
	defer srv.Close()
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		var lock sync.Mutex
		got := map[int64]seen{}
		target := strategies.Target{Method: method, JSON: true, Every: true, Handle: func(r *strategies.Request, a strategies.Answer) error {
			s := seen{Status: a.Status, Body: string(a.Body), Retry: a.Header.Get("Retry-After"), Empty: a.Header.Get("X-Missing")}
			for name, value := range a.Header.All() {
				if http.CanonicalHeaderKey(name) == "X-Seen" && (value == "one" || value == "two") {
					s.Fields++
				}
			}
			lock.Lock()
			defer lock.Unlock()
			got[r.Index] = s
			return nil
		}}
		w := NewWork(3, srv.URL+"/", srv.URL+"/none", srv.URL+"/missing")
		Run(t, c, target, 2, w)
		want := map[int64]seen{0: {200, `{"ok":true}`, "7", "", 2}, 1: {204, "", "7", "", 2}, 2: {404, "not here", "7", "", 2}}
		if method == http.MethodHead {
			maps.Copy(want, map[int64]seen{0: {200, "", "7", "", 2}, 2: {404, "", "7", "", 2}})
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: Handle (-want +got):\n%s", method, diff)
		}
		if diff := cmp.Diff(map[strategies.Class]int{strategies.OK: 2, strategies.BadStatus: 1}, w.Classes()); diff != "" {
			t.Errorf("%s: outcomes (-want +got):\n%s", method, diff)
		}
	}
}

// Burn is spent within each request that succeeds, with its slot.
func burnIsSpent(t *testing.T, c candidate) {
	const burn, n = 20 * time.Millisecond, 4
	if c.otherProcess {
		if _, err := c.Open(t.Context(), strategies.Target{Burn: burn}, 1); !errors.Is(err, strategies.ErrHandle) {
			t.Errorf("open with a Burn: %v, want ErrHandle", err)
		}
		return
	}
	srv := c.server(t, server.Config{})
	w := NewWork(n, srv.URL())
	began := time.Now()
	Run(t, c, strategies.Target{Burn: burn}, 1, w)
	if took := time.Since(began); took < n*burn {
		t.Errorf("%d requests, one at a time, took %v: want at least %v for each", n, took, burn)
	}
	if got := w.Classes()[strategies.OK]; got != n {
		t.Errorf("%d of %d requests succeeded", got, n)
	}
}
