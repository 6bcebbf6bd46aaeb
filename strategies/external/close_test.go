package external_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"sweetspot/strategies"
	"sweetspot/strategies/external"
	"sweetspot/strategies/strategytest"
)

// A program that is closed during a run is ended at once, whatever it waits for.
func TestCloseAbortsARun(t *testing.T) {
	hang := make(chan struct{})
	asked := make(chan struct{}, 100)
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		asked <- struct{}{}
		<-hang
	}))
	defer srv.Close()
	defer close(hang)
	s := program("mine", "pool")
	require(t, s)
	session := strategytest.Open(t, s, strategies.Target{Timeout: time.Hour}, 4)
	w := strategytest.NewWork(1000, srv.URL)
	ran := make(chan error)
	go func() { ran <- session.Run(context.Background(), 4, w) }()
	for range 4 {
		<-asked
	}
	if err := session.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ran; err != nil {
		t.Error(err)
	}
	w.Check(t)
	if len(w.Outcomes) < 4 {
		t.Errorf("%d outcomes, want at least the 4 of the requests that were seen", len(w.Outcomes))
	}
	for i, o := range w.Outcomes {
		if o.Class != strategies.Other || !errors.Is(o.Err, net.ErrClosed) {
			t.Errorf("request %d: got %v, %v, want class other and an error that wraps net.ErrClosed", i, o.Class, o.Err)
		}
	}
	if err := session.Run(t.Context(), 1, w); !errors.Is(err, net.ErrClosed) {
		t.Errorf("run after close: got %v, want an error that wraps net.ErrClosed", err)
	}
	if err := session.Close(); err != nil {
		t.Errorf("second close: %v", err)
	}
}

// A program that reads nothing and reports nothing is ended all the same.
func TestCloseAbortsAProgramThatIsStuck(t *testing.T) {
	p := external.Program{Name: "stuck", Command: []string{"sh", "-c", `
echo '{"hello":{"protocol":1,"version":"1"}}'; read line; echo '{"opened":{}}'; exec sleep 3600`}}
	session := strategytest.Open(t, p.Strategy(), strategies.Target{Timeout: time.Hour}, 4)
	started := make(chan struct{})
	w := &announced{Work: strategytest.NewWork(1000, "http://127.0.0.1:1/"), started: started}
	ran := make(chan error)
	go func() { ran <- session.Run(context.Background(), 4, w) }()
	<-started
	if err := session.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ran; err != nil {
		t.Error(err)
	}
	w.Check(t)
}

// announced is work that says when its first request is started.
type announced struct {
	*strategytest.Work
	started chan struct{}
}

func (w *announced) Worker() strategies.Worker { return w }

func (w *announced) Next(ctx context.Context, r *strategies.Request) bool {
	if w.Started == 0 {
		close(w.started)
	}
	return w.Work.Next(ctx, r)
}
