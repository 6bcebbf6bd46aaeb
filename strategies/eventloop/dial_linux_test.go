package eventloop

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"sweetspot/strategies"
	"sweetspot/strategies/network"
	"sweetspot/strategies/strategytest"
)

// serialWork is a Work of left requests to one URL, for a limit of 1. It keeps their errors.
type serialWork struct {
	url  string
	left int
	errs []error
}

func (w *serialWork) Worker() strategies.Worker { return w }

func (w *serialWork) Next(_ context.Context, r *strategies.Request) bool {
	w.left--
	r.URL = w.url
	return w.left >= 0
}

func (w *serialWork) Done(_ *strategies.Request, o strategies.Outcome) {
	w.errs = append(w.errs, o.Err)
}

// makeRequests makes n requests in a session of event loops and returns their errors. It calls prepare first.
func makeRequests(t *testing.T, target strategies.Target, url string, n int, prepare func(*network.Network)) []error {
	t.Helper()
	opened, err := openSession(strategy{}, target.InProcess(), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := opened.Close(); err != nil {
			t.Error(err)
		}
	}()
	prepare(opened.(*session).shared.network)
	work := &serialWork{url: url, left: n}
	if err := opened.Run(t.Context(), 1, work); err != nil {
		t.Fatal(err)
	}
	return work.errs
}

// A loop takes the addresses of a name from the cache, tries them in turn, and from then on begins with the one that
// answered.
func TestDialTriesEveryAddressInTheCache(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	const host = "two.invalid" // which no resolver knows
	url := strings.Replace(srv.URL, "127.0.0.1", host, 1)
	var n *network.Network
	errs := makeRequests(t, strategies.Target{}, url, 3, func(used *network.Network) {
		n = used
		n.Remember(host, []string{"127.0.0.2", "127.0.0.1"}, time.Hour) // the first refuses
	})
	if err := errors.Join(errs...); err != nil || len(errs) != 3 {
		t.Errorf("of 3 requests %d ended: %v", len(errs), err)
	}
	if addresses, _ := n.Known(host); addresses[0] != "127.0.0.1" {
		t.Errorf("the addresses are %v, want the one that answered first", addresses)
	}
}

func TestDialResolvesANameAgainAfterItsLifetime(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	url := strings.Replace(srv.URL, "127.0.0.1", "localhost", 1)
	errs := makeRequests(t, strategies.Target{}, url, 1, func(n *network.Network) {
		n.Remember("localhost", []string{"127.0.0.2"}, -time.Second) // refuses, and has expired
	})
	if err := errors.Join(errs...); err != nil || len(errs) != 1 {
		t.Errorf("the name was not looked up again: %v", err)
	}
}

func TestDialEndsAtItsTimeout(t *testing.T) {
	const allowed = 50 * time.Millisecond
	url := "http://" + strategytest.Unanswered(t, "127.0.0.1:0") + "/"
	began := time.Now()
	errs := makeRequests(t, strategies.Target{DialTimeout: allowed, Timeout: time.Minute}, url, 1, func(*network.Network) {})
	if took := time.Since(began); took < allowed || !errors.Is(errs[0], os.ErrDeadlineExceeded) {
		t.Errorf("after %v: %v, want a timeout after %v", took, errs[0], allowed)
	}
}

// An address that does not answer delays the first request only, and by no more than network.AttemptDelay.
func TestDialDoesNotWaitForADeadAddress(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	const host = "two.invalid"
	url := strings.Replace(srv.URL, "127.0.0.1", host, 1)
	strategytest.Unanswered(t, strings.Replace(srv.Listener.Addr().String(), "127.0.0.1", "127.0.0.2", 1))
	var n *network.Network
	target := strategies.Target{DialTimeout: time.Minute, Timeout: time.Minute}
	began := time.Now()
	errs := makeRequests(t, target, url, 3, func(used *network.Network) {
		n = used
		n.Remember(host, []string{"127.0.0.2", "127.0.0.2", "127.0.0.1"}, time.Hour)
	})
	if took := time.Since(began); errors.Join(errs...) != nil || len(errs) != 3 || took < 2*network.AttemptDelay {
		t.Errorf("3 requests took %v: %v", took, errs)
	}
	if addresses, _ := n.Known(host); addresses[0] != "127.0.0.1" {
		t.Errorf("the addresses are %v, want the one that answered first", addresses)
	}
}

// The error names every address.
func TestDialReportsEveryAddress(t *testing.T) {
	url := strategytest.ClosedPort(t)
	url = strings.Replace(url, "127.0.0.1", "three.invalid", 1)
	errs := makeRequests(t, strategies.Target{}, url, 1, func(n *network.Network) {
		n.Remember("three.invalid", []string{"127.0.0.2", "127.0.0.1", "no address"}, time.Hour)
	})
	for _, want := range []string{"127.0.0.1", "127.0.0.2", "no address"} {
		if !strings.Contains(errs[0].Error(), want) {
			t.Errorf("want %q in the error %q", want, errs[0])
		}
	}
	if !errors.Is(errs[0], unix.ECONNREFUSED) {
		t.Errorf("got %v, want %v", errs[0], unix.ECONNREFUSED)
	}
}
