package bundled

import (
	"encoding/json"
	"fmt"
	"net/http"

	"sweetspot/bench"
	"sweetspot/server"
)

// Counts returns what the server has counted since the last call, and resets its counters. No request may be under way. It
// returns an error if the server does not answer.
func (s *Server) Counts() (bench.ServerCounts, error) {
	counted, err := takeStats(s.url)
	if err != nil {
		return bench.ServerCounts{}, fmt.Errorf("read the bundled server's counts: %w", err)
	}
	return bench.ServerCounts{Requests: counted.Requests, PeakInFlight: int(counted.PeakInFlight)}, nil
}

// takeStats returns what the server has counted, and resets its counters.
func takeStats(url string) (counted server.Stats, err error) {
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
