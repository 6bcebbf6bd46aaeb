package strategies

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
)

// errands is a Work of so many requests to one URL, made one after the other.
type errands struct {
	url  string
	left int
	errs []error
}

func (e *errands) Worker() Worker { return e }

func (e *errands) Next(_ context.Context, r *Request) bool {
	e.left--
	r.URL = e.url
	return e.left >= 0
}

func (e *errands) Done(_ *Request, o Outcome) { e.errs = append(e.errs, o.Err) }

// errand makes the requests in a session of event loops and returns what became of them. Before that it prepares the network.
func errand(t *testing.T, target Target, url string, n int, prepare func(*Network)) []error {
	t.Helper()
	session, err := openLoops(target.ready(), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := session.Close(); err != nil {
			t.Error(err)
		}
	}()
	prepare(session.(*loopSession).common.network)
	work := &errands{url: url, left: n}
	if err := session.Run(t.Context(), 1, work); err != nil {
		t.Fatal(err)
	}
	return work.errs
}

// A loop takes a name's addresses from the cache, tries them in turn, and begins with the one that answered from then on.
func TestALoopTriesEveryAddressThatIsRemembered(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	entry := &name{addresses: []string{"127.0.0.2", "127.0.0.1"}, until: time.Now().Add(time.Hour)} // the first refuses
	url := strings.Replace(srv.URL, "127.0.0.1", "two.invalid", 1)                                  // and no resolver knows the name
	errs := errand(t, Target{}, url, 3, func(n *Network) { n.names.entries["two.invalid"] = entry })
	if err := errors.Join(errs...); err != nil || len(errs) != 3 {
		t.Errorf("of 3 requests %d ended: %v", len(errs), err)
	}
	if entry.addresses[0] != "127.0.0.1" {
		t.Errorf("the addresses are %v, want the one that answered first", entry.addresses)
	}
}

func TestALoopForgetsAddressesAfterTheirLifetime(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	entry := &name{addresses: []string{"127.0.0.2"}, until: time.Now().Add(-time.Second)} // refuses
	url := strings.Replace(srv.URL, "127.0.0.1", "localhost", 1)
	errs := errand(t, Target{}, url, 1, func(n *Network) { n.names.entries["localhost"] = entry })
	if err := errors.Join(errs...); err != nil || len(errs) != 1 {
		t.Errorf("the name was not looked up again: %v", err)
	}
}

// A server whose queue is full does not answer those who want to connect.
func TestALoopWaitsForAConnectionNoLongerThanItMay(t *testing.T) {
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
	errs := errand(t, Target{DialTimeout: allowed, Timeout: time.Minute}, "http://"+address+"/", 1, func(*Network) {})
	if took := time.Since(began); took < allowed || took > 100*allowed || !errors.Is(errs[0], os.ErrDeadlineExceeded) {
		t.Errorf("after %v: %v, want it to be late after %v", took, errs[0], allowed)
	}
}
