package bundled

import (
	"context"
	"errors"
	"net"
	"net/http"
	"testing"
	"time"

	"sweetspot/bench"
	"sweetspot/server"
	"sweetspot/strategies"
)

func TestCountsAreThoseSinceTheLastCall(t *testing.T) {
	s, err := server.Start(server.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	asked := &Server{url: s.URL()}
	for _, n := range []int64{3, 0, 2} {
		for range n {
			response, err := http.Get(s.URL())
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
		}
		saw, err := asked.Counts(t.Context())
		timed := saw.InFlight > 0
		saw.InFlight = 0
		if err != nil || saw != (bench.ServerCounts{Requests: n, PeakInFlight: int(min(n, 1)), Over: [strategies.ProtocolCount]int64{n}}) || timed != (n > 0) {
			t.Errorf("got %+v, %v, want %d requests", saw, err, n)
		}
	}
}

func TestCountsOfAServerThatIsGoneAreAnError(t *testing.T) {
	gone := &Server{url: "http://127.0.0.1:1/"}
	if saw, err := gone.Counts(t.Context()); err == nil {
		t.Errorf("got %+v, want an error", saw)
	}
}

// mute returns the address of a server that takes requests and answers none.
func mute(t *testing.T) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return "http://" + listener.Addr().String() + "/"
}

func TestCountsOfAServerThatDoesNotAnswerEndWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	asked := &Server{url: mute(t)}
	began := time.Now()
	if saw, err := asked.Counts(ctx); !errors.Is(err, ErrSilent) {
		t.Errorf("got %+v, %v, want that it does not answer", saw, err)
	}
	if took := time.Since(began); took >= answerTimeout {
		t.Errorf("it took %v, want less than if the run went on", took)
	}
}

func TestCountsOfAServerThatDoesNotAnswerEndByThemselves(t *testing.T) {
	asked := &Server{url: mute(t)}
	if saw, err := asked.Counts(t.Context()); !errors.Is(err, ErrSilent) {
		t.Errorf("got %+v, %v, want that it does not answer", saw, err)
	}
}

func TestWatchEndsTheRunOfAServerThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	ctx, end := context.WithCancelCause(t.Context())
	defer end(nil)
	watched := &Server{url: mute(t)}
	defer watched.Watch(ctx, end)()
	<-ctx.Done()
	if !errors.Is(context.Cause(ctx), ErrSilent) {
		t.Errorf("got %v, want that it does not answer", context.Cause(ctx))
	}
}

func TestWatchStopsWhenItIsToldAndWhenTheRunEnds(t *testing.T) {
	ctx, end := context.WithCancelCause(t.Context())
	watched := &Server{url: mute(t)}
	stop := watched.Watch(ctx, end)
	stop()
	if err := context.Cause(ctx); err != nil {
		t.Errorf("the run has ended: %v", err)
	}
	stop = watched.Watch(ctx, end)
	end(nil)
	stop()
	if err := context.Cause(ctx); errors.Is(err, ErrSilent) {
		t.Errorf("got %v, though nobody has asked", err)
	}
}
