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
	ask := func() (bench.ServerCounts, error) { return counts(s.URL()) }
	for _, n := range []int64{3, 0, 2} {
		for range n {
			response, err := http.Get(s.URL())
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
		}
		if saw, err := ask(); err != nil || saw != (bench.ServerCounts{Requests: n, PeakInFlight: int(min(n, 1))}) {
			t.Errorf("got %+v, %v, want %d requests", saw, err, n)
		}
	}
}

func TestCountsOfAServerThatIsGoneAreAnError(t *testing.T) {
	if saw, err := counts("http://127.0.0.1:1/"); err == nil {
		t.Errorf("got %+v, want an error", saw)
	}
}
