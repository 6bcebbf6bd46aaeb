package server_test

import (
	"io"
	"net"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sweetspot/server"
	"sweetspot/server/capacity"
)

func TestStatsCountRequestsAndConnectionsThatCarriedThem(t *testing.T) {
	srv := start(t, server.Config{})
	idle, err := net.Dial("tcp", strings.TrimSuffix(srv.URL()[len("http://"):], "/"))
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	client := newClient(t)
	get(t, client, srv.URL()+"-/stats")
	if got := srv.Stats(); got.Requests != 0 || got.Connections != 0 {
		t.Errorf("before the first request: got %+v", got)
	}
	for _, path := range []string{"", "a/b?c=d", "redirect/1", "redirect/x", "private"} {
		get(t, client, srv.URL()+path)
	}
	want := server.Stats{Requests: 5, PeakInFlight: 1, Connections: 1, Status: map[int]int64{200: 2, 302: 1, 400: 1, 401: 1},
		Streams: 1, Protocols: map[string]int64{"HTTP/1.1": 5}}
	if diff := cmp.Diff(want, srv.Stats(), timeless); diff != "" {
		t.Error(diff)
	}
	_, body := get(t, client, srv.URL()+"-/stats")
	const text = `{"requests":5,"in_flight":0,"peak_in_flight":1,"connections":1,"status":{"200":2,"302":1,"400":1,"401":1},"streams":1,"protocols":{"HTTP/1.1":5}}`
	if got := inFlightSeconds.ReplaceAllString(strings.TrimSpace(string(body)), ""); got != text {
		t.Errorf("got  %s\nwant %s", got, text)
	}

	response, err := client.Post(srv.URL()+"-/reset", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if diff := cmp.Diff(server.Stats{Status: map[int]int64{}}, srv.Stats()); diff != "" {
		t.Errorf("after the reset: %s", diff)
	}
	get(t, client, srv.URL())
	if got := srv.Stats(); got.Connections != 1 || got.Requests != 1 {
		t.Errorf("a connection that stays open after a reset: got %+v, want it counted again", got)
	}
}

// timeless leaves out what a clock measured.
var timeless = cmpopts.IgnoreFields(server.Stats{}, "InFlightSeconds")

var inFlightSeconds = regexp.MustCompile(`"in_flight_seconds":[0-9.e-]+,`)

// The server's own mean latency includes its delays, and nothing of the client's.
func TestStatsHaveTheTimeInFlight(t *testing.T) {
	const n, delay = 5, 20 * time.Millisecond
	srv := start(t, server.Config{Delay: delay})
	client := newClient(t)
	for range n {
		get(t, client, srv.URL())
	}
	if got := srv.Stats().InFlightSeconds; got < n*delay.Seconds() {
		t.Errorf("%d requests with a delay of %v were in flight for %g s", n, delay, got)
	}
	srv.Reset()
	if got := srv.Stats().InFlightSeconds; got != 0 {
		t.Errorf("%g s after a reset", got)
	}
}

// 2,000 clients at once, with most kinds of failure: the server and the clients count the same.
func TestStatsAgreeWithWhatTwoThousandClientsSaw(t *testing.T) {
	const clients, requestsEach = 2000, 3
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
			for range requestsEach {
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
	if lost != broken || stats.Requests != clients*requestsEach {
		t.Errorf("clients saw %d broken of %d, the server says %+v", broken, clients*requestsEach, stats)
	}
	if stats.PeakInFlight > clients {
		t.Errorf("got a peak of %d in flight, want at most %d", stats.PeakInFlight, clients)
	}
}
