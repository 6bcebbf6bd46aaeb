package server_test

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sweetspot/server"
	"sweetspot/server/capacity"
)

var fullForAnHour = capacity.Workers{N: 1, Service: time.Hour}

// inFlight makes a request in the background and waits until the server has read it.
func inFlight(t *testing.T, srv *server.Server, client *http.Client) (answer <-chan error) {
	t.Helper()
	result := make(chan error, 1)
	before := srv.Stats().InFlight
	go func() {
		response, err := client.Post(srv.URL(), "", nil)
		if err == nil {
			_, err = io.ReadAll(response.Body)
			response.Body.Close()
		}
		result <- err
	}()
	eventually(t, "the request is read", func() bool { return srv.Stats().InFlight > before })
	return result
}

func TestCloseWaitsForRequestsUnderWay(t *testing.T) {
	srv := start(t, server.Config{Delay: 100 * time.Millisecond})
	answer := inFlight(t, srv, newClient(t))
	if err := srv.Close(); err != nil {
		t.Error(err)
	}
	if err := <-answer; err != nil {
		t.Error(err)
	}
	if _, err := newClient(t).Get(srv.URL()); err == nil {
		t.Error("it still answers")
	}
}

func TestCloseCutsOffWhatTakesTooLong(t *testing.T) {
	for _, config := range []server.Config{{Delay: time.Hour}, {Capacity: fullForAnHour}} {
		config.Drain = 20 * time.Millisecond
		srv, err := server.Start(config)
		if err != nil {
			t.Fatal(err)
		}
		client := newClient(t)
		answers := []<-chan error{inFlight(t, srv, client), inFlight(t, srv, client)}
		if err := srv.Close(); err == nil || !strings.Contains(err.Error(), "2 requests were not answered within 20ms") {
			t.Errorf("%+v: got %v", config, err)
		}
		for _, answer := range answers {
			if err := <-answer; err == nil {
				t.Errorf("%+v: it was answered", config)
			}
		}
		if diff := cmp.Diff(map[string]int64{"cut": 2}, srv.Stats().Unanswered); diff != "" {
			t.Error(diff)
		}
	}
}

func TestCloseDoesNotWaitForWhatHangsOnPurpose(t *testing.T) {
	srv := start(t, server.Config{Fail: server.Failures{Hang: 1}, Drain: time.Hour})
	answer := inFlight(t, srv, newClient(t))
	if err := srv.Close(); err != nil {
		t.Error(err)
	}
	if err := <-answer; err == nil {
		t.Error("it was answered")
	}
}

func TestCloseEndsIdleConnections(t *testing.T) {
	for _, config := range []server.Config{{}, {TLS: true}, {MaxConns: 1}} {
		config.Drain = time.Hour
		srv := start(t, config)
		get(t, newClient(t), srv.URL())
		for range 2 { // the second does nothing
			if err := srv.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// Two thousand clients at once, with most of what can happen to a request happening to some of them: every
// request is accounted for, by the server as by the clients.
func TestTwoThousandClientsAreAllAccountedFor(t *testing.T) {
	const clients, each = 2000, 3
	srv := start(t, server.Config{
		Capacity: capacity.USL{PerSecond: 20_000, Sigma: 0.01},
		Delay:    20 * time.Millisecond, Jitter: 10 * time.Millisecond,
		Fail: server.Failures{Reset: 0.05, Status500: 0.05, Truncate: 0.05, Slow: 0.05, SlowBy: 10 * time.Millisecond},
	})
	client := newClient(t)
	var mu sync.Mutex
	got := server.Stats{Status: make(map[int]int64)}
	broken := int64(0)
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for range each {
				response, err := client.Post(srv.URL(), "", nil)
				if err == nil {
					_, err = io.ReadAll(response.Body)
					response.Body.Close()
				}
				mu.Lock()
				if err == nil {
					got.Status[response.StatusCode]++
				} else {
					broken++
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	stats := srv.Stats()
	if diff := cmp.Diff(got.Status, stats.Status); diff != "" {
		t.Errorf("answered (-clients +server): %s", diff)
	}
	lost := int64(0)
	for _, n := range stats.Unanswered {
		lost += n
	}
	if lost != broken || stats.Requests != clients*each {
		t.Errorf("clients saw %d broken of %d, the server says %+v", broken, clients*each, stats)
	}
	if stats.PeakInFlight > clients {
		t.Errorf("got a peak of %d in flight, want at most %d", stats.PeakInFlight, clients)
	}
}
