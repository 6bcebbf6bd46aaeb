package eventloop_test

import (
	"errors"
	"net"
	"net/http"
	"testing"
	"time"

	"sweetspot/server"
	"sweetspot/strategies"
	"sweetspot/strategies/strategytest"
)

// Close ends a Run in every phase of a request. The requests in flight end, and no other is started.
func TestCloseEndsARun(t *testing.T) {
	const limit = 5
	hang := func(begin string) func(testing.TB) string {
		return func(t testing.TB) string {
			return strategytest.RawServer(t, func(c *net.TCPConn) {
				strategytest.Reply(begin)(c)
				<-t.Context().Done()
			})
		}
	}
	for _, phase := range []struct {
		name   string
		url    func(testing.TB) string
		target strategies.Target
	}{
		{"while dialling", func(t testing.TB) string { return "http://" + strategytest.Unanswered(t, "127.0.0.1:0") + "/" }, strategies.Target{}},
		{"while the server hangs", hang(""), strategies.Target{}},
		{"in the middle of the head", hang("HTTP/1.1 200 OK\r\nContent-Le"), strategies.Target{}},
		{"in the middle of the body", hang("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"), strategies.Target{JSON: true}},
		{"while the request is being sent", hang("HTTP/1.1 200 OK\r\n"), strategies.Target{Method: http.MethodPut, Body: make([]byte, 16<<20)}},
	} {
		t.Run(phase.name, func(t *testing.T) {
			session := strategytest.Open(t, eventLoop(t), phase.target, limit)
			w := strategytest.NewWork(1000, phase.url(t))
			closeMidway(t, session, limit, w)
			for index, o := range w.Outcomes {
				if o.Class != strategies.Other || !errors.Is(o.Err, net.ErrClosed) {
					t.Errorf("request %d: class %v, want %v: %v", index, o.Class, strategies.Other, o.Err)
				}
			}
			if w.Started != limit {
				t.Errorf("%d were started, want %d", w.Started, limit)
			}
		})
	}
}

// closeMidway closes the session during a Run, which must then end.
func closeMidway(t *testing.T, session strategies.Session, limit int, w *strategytest.Work) {
	ended := make(chan error)
	go func() { ended <- session.Run(t.Context(), limit, w) }()
	time.Sleep(50 * time.Millisecond) // whatever the requests have come to, they must end
	if err := errors.Join(session.Close(), session.Close()); err != nil {
		t.Error(err)
	}
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(strategies.DefaultTimeout / 2):
		t.Fatal("the run goes on")
	}
	w.Check(t)
}

func TestCloseEndsARunOfFastRequests(t *testing.T) {
	srv := strategytest.Server(t, server.Config{})
	session := strategytest.Open(t, eventLoop(t), strategies.Target{JSON: true}, 8)
	w := strategytest.NewWork(1<<40, srv.URL())
	time.AfterFunc(50*time.Millisecond, func() { _ = session.Close() })
	if err := session.Run(t.Context(), 8, w); err != nil {
		t.Fatal(err)
	}
	w.Check(t)
	if got := w.Classes(); got[strategies.OK] == 0 || got[strategies.OK]+got[strategies.Other] != int(w.Started) {
		t.Errorf("got %v of %d: %s", got, w.Started, w.Errors())
	}
	if err := session.Run(t.Context(), 8, strategytest.NewWork(1, srv.URL())); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a run after Close gave %v, want %v", err, net.ErrClosed)
	}
}
