package eventloop

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"sweetspot/strategies"
	"sweetspot/strategies/network"
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
	opened, err := openSession(target.InProcess(), 1)
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

// A server whose accept queue is full does not answer to a SYN.
func TestDialEndsAtItsTimeout(t *testing.T) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	if err := errors.Join(unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}), unix.Listen(fd, 0)); err != nil {
		t.Fatal(err)
	}
	bound, err := unix.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	address := (&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: bound.(*unix.SockaddrInet4).Port}).String()
	for full := false; !full; {
		conn, err := net.DialTimeout("tcp", address, 100*time.Millisecond)
		if full = err != nil; !full {
			defer conn.Close()
		}
	}
	const allowed = 50 * time.Millisecond
	began := time.Now()
	errs := makeRequests(t, strategies.Target{DialTimeout: allowed, Timeout: time.Minute}, "http://"+address+"/", 1, func(*network.Network) {})
	if took := time.Since(began); took < allowed || took > 100*allowed || !errors.Is(errs[0], os.ErrDeadlineExceeded) {
		t.Errorf("after %v: %v, want a timeout after %v", took, errs[0], allowed)
	}
}
