package eventloop

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"sweetspot/strategies"
	"sweetspot/strategies/network"
)

// A response that is whole, or decoded, only after the timeout is no success.
func TestSuccessIsNeverLaterThanItsTimeout(t *testing.T) {
	const allowed = 300 * time.Millisecond
	slow := func(*strategies.Request, strategies.Answer) error { time.Sleep(allowed); return nil }
	ok := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer ok.Close()
	for _, err := range makeRequests(t, strategies.Target{Timeout: allowed, Handle: slow}, ok.URL, 2, func(*network.Network) {}) {
		if err == nil || !strings.Contains(err.Error(), "in time") {
			t.Errorf("got %v, want a timeout", err)
		}
	}
}

// What arrived on an idle connection, in whatever moment, was not asked for: the connection is not used.
func TestIdleConnectionIsLookedAtBeforeItsUse(t *testing.T) {
	opened, err := openSession(strategy{}, strategies.Target{}.InProcess(), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	arrived := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/surplus" {
			return
		}
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = conn.Write([]byte("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
		time.Sleep(20 * time.Millisecond) // the client has read it
		_, _ = conn.Write([]byte("HTTP/1.1 418 Nobody Asked\r\nContent-Length: 0\r\n\r\n"))
		close(arrived)
	}))
	defer srv.Close()
	for _, path := range []string{"/surplus", "/"} {
		work := &statusWork{serialWork: serialWork{url: srv.URL + path, left: 1}}
		if err := opened.Run(t.Context(), 1, work); err != nil {
			t.Fatal(err)
		}
		<-arrived
		if work.status != http.StatusOK {
			t.Errorf("%s: status %d, want 200: %v", path, work.status, work.errs)
		}
	}
	if used := opened.Usage().Connections; used != 1 {
		t.Errorf("the second run used %d connections", used)
	}
}

// statusWork is serialWork that keeps the latest status.
type statusWork struct {
	serialWork
	status int
}

func (w *statusWork) Worker() strategies.Worker { return w }

func (w *statusWork) Done(r *strategies.Request, o strategies.Outcome) {
	w.status = o.Status
	w.serialWork.Done(r, o)
}
