package eventloop_test

import (
	"crypto/tls"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sweetspot/strategies"
	"sweetspot/strategies/strategytest"
)

// slowHandshakes holds the handshakes of a server: the first of them until they are all there, and the others until these are.
type slowHandshakes struct {
	first, others int

	mu                      sync.Mutex
	came                    int
	early                   int // came before any of the first went on
	firstMayGo, othersMayGo chan struct{}
}

func (s *slowHandshakes) hold(*tls.ClientHelloInfo) (*tls.Config, error) {
	s.mu.Lock()
	s.came++
	n := s.came
	s.mu.Unlock()
	if n == s.first+s.others {
		close(s.othersMayGo)
	}
	if n > s.first {
		<-s.othersMayGo
		return nil, nil
	}
	if n == s.first {
		time.Sleep(50 * time.Millisecond) // for more to come, which must not
		s.mu.Lock()
		s.early = s.came
		s.mu.Unlock()
		close(s.firstMayGo)
	}
	<-s.firstMayGo
	return nil, nil
}

// With hundreds of connections to make, few handshakes are in progress until one has succeeded, and many then: a server that is busy
// with the connections that it has takes long for each.
func TestFewHandshakesAreFirstAndManyThen(t *testing.T) {
	const loops, most = 2, 64 // for each loop
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(loops))
	held := &slowHandshakes{first: most * loops, others: 2 * most * loops, firstMayGo: make(chan struct{}), othersMayGo: make(chan struct{})}
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	srv.TLS = &tls.Config{GetConfigForClient: held.hold}
	srv.StartTLS()
	defer srv.Close()
	limit := held.first + held.others
	w := strategytest.NewWork(int64(limit), srv.URL)
	target := strategies.Target{Insecure: true, Timeout: time.Minute, DialTimeout: time.Minute}
	strategytest.Run(t, eventLoop(t), target, limit, w)
	if got := w.Classes()[strategies.OK]; got != limit {
		t.Errorf("%d of %d succeeded: %s", got, limit, w.Errors())
	}
	if held.early > held.first {
		t.Errorf("%d handshakes were in progress before one had succeeded, want at most %d", held.early, held.first)
	}
}

// The dial timeout of a connection that waits for its turn begins with its turn.
func TestTheTurnOfAHandshakeTakesNoneOfItsTime(t *testing.T) {
	const stuck, others = 64, 1
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // for one loop
	release := make(chan struct{})
	var came atomic.Int64
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.TLS = &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		if came.Add(1) <= stuck {
			<-release
		}
		return nil, nil
	}}
	srv.StartTLS()
	defer srv.Close()
	defer close(release)
	w := strategytest.NewWork(stuck+others, srv.URL)
	target := strategies.Target{Insecure: true, Timeout: time.Minute, DialTimeout: 2 * time.Second}
	strategytest.Run(t, eventLoop(t), target, stuck+others, w)
	if got := w.Classes(); got[strategies.Timeout] != stuck || got[strategies.OK] != others {
		t.Errorf("got %v, want %d of class %v, and %d ok: %s", got, stuck, strategies.Timeout, others, w.Errors())
	}
}
