package bundled

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"time"

	"sweetspot/bench"
	"sweetspot/server"
	"sweetspot/strategies"
)

// ErrSilent is the error of [Server.Counts] if the server takes the question and does not answer, as one that is stopped does.
var ErrSilent = errors.New("the bundled server does not answer")

// How long the server may take to answer: it has nothing else to do then. When the run is interrupted, nobody waits that long.
const (
	answerTimeout      = 5 * time.Second
	answerTimeoutAtEnd = 200 * time.Millisecond
)

// How often a run asks whether the server still answers, and how long that may take while requests keep the server busy.
const (
	watchInterval = 2 * time.Second
	watchTimeout  = 8 * time.Second
)

// Watch calls end with [ErrSilent] once the server no longer answers, which a run would otherwise notice by timeouts alone. It
// returns a function that stops watching and waits until that is so. When ctx ends it stops too.
func (s *Server) Watch(ctx context.Context, end context.CancelCauseFunc) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var watching sync.WaitGroup
	watching.Go(func() {
		tick := time.NewTicker(watchInterval)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if !s.answers(ctx) {
				s.silent.Store(true)
				end(ErrSilent)
				return
			}
		}
	})
	return func() { cancel(); watching.Wait() }
}

// answers reports whether the server answers within watchTimeout, or ctx ends before. A server that is gone does not stay
// unnoticed: requests to it fail at once.
func (s *Server) answers(ctx context.Context) bool {
	within, cancel := context.WithTimeout(ctx, watchTimeout)
	defer cancel()
	_ = ask(within, http.MethodGet, s.url+"-/stats", func(io.Reader) error { return nil })
	return ctx.Err() != nil || within.Err() == nil
}

// mostStats is more bytes than the server's counts have.
const mostStats = 1 << 20

// Counts returns what the server has counted since the last call, and resets its counters. No request may be under way. It
// returns an error if the server does not answer: one that wraps [ErrSilent] after five seconds, or soon after ctx has ended.
func (s *Server) Counts(ctx context.Context) (bench.ServerCounts, error) {
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerTimeout)
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(answerTimeoutAtEnd, cancel) })()
	counted, err := takeStats(within, s.url)
	if within.Err() != nil || errors.Is(err, os.ErrDeadlineExceeded) {
		s.silent.Store(true)
		return bench.ServerCounts{}, ErrSilent
	}
	if err != nil {
		return bench.ServerCounts{}, fmt.Errorf("read the bundled server's counts: %w", err)
	}
	saw := bench.ServerCounts{
		Requests: counted.Requests, PeakInFlight: int(counted.PeakInFlight),
		InFlight: time.Duration(counted.InFlightSeconds * float64(time.Second)),
	}
	for p := range saw.Over {
		saw.Over[p] = counted.Protocols[strategies.Protocol(p).String()]
	}
	return saw, nil
}

// takeStats returns what the server has counted, and resets its counters.
func takeStats(ctx context.Context, url string) (counted server.Stats, err error) {
	err = ask(ctx, http.MethodGet, url+"-/stats", func(answer io.Reader) error { return json.NewDecoder(answer).Decode(&counted) })
	if err != nil {
		return counted, err
	}
	return counted, ask(ctx, http.MethodPost, url+"-/reset", func(io.Reader) error { return nil })
}

// ask makes a request and hands over the answer.
func ask(ctx context.Context, method, url string, take func(io.Reader) error) error {
	request, err := http.NewRequestWithContext(ctx, method, url, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	return take(io.LimitReader(response.Body, mostStats))
}
