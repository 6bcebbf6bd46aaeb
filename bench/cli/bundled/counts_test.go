package bundled

import (
	"net/http"
	"testing"

	"sweetspot/bench"
	"sweetspot/server"
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
		if saw, err := asked.Counts(); err != nil || saw != (bench.ServerCounts{Requests: n, PeakInFlight: int(min(n, 1))}) {
			t.Errorf("got %+v, %v, want %d requests", saw, err, n)
		}
	}
}

func TestCountsOfAServerThatIsGoneAreAnError(t *testing.T) {
	gone := &Server{url: "http://127.0.0.1:1/"}
	if saw, err := gone.Counts(); err == nil {
		t.Errorf("got %+v, want an error", saw)
	}
}
