package bundled

import (
	"encoding/json"
	"fmt"
	"net/http"

	"sweetspot/bench"
	"sweetspot/server"
)

// Counts returns what the server has counted since the last call. No request may be under way.
func (s *Server) Counts() (bench.ServerCounts, error) { return counts(s.url) }

func counts(url string) (bench.ServerCounts, error) {
	counted, err := stats(url)
	if err != nil {
		return bench.ServerCounts{}, fmt.Errorf("ask the bundled server what it saw: %w", err)
	}
	return bench.ServerCounts{Requests: counted.Requests, PeakInFlight: int(counted.PeakInFlight)}, nil
}

// stats returns what a server has counted, and resets its counters.
func stats(url string) (counted server.Stats, err error) {
	response, err := http.Get(url + "-/stats")
	if err != nil {
		return counted, err
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(&counted); err != nil {
		return counted, err
	}
	reset, err := http.Post(url+"-/reset", "", nil)
	if err != nil {
		return counted, err
	}
	return counted, reset.Body.Close()
}
