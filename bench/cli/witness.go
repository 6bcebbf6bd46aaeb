package cli

import (
	"encoding/json"
	"fmt"
	"net/http"

	"sweetspot/bench"
	"sweetspot/server"
)

// witness returns what asks the bundled server, which counts by itself, what it has seen, and has it begin anew.
func witness(url string) func() (bench.ServerCounts, error) {
	return func() (bench.ServerCounts, error) {
		saw, err := stats(url)
		if err != nil {
			return bench.ServerCounts{}, fmt.Errorf("ask the bundled server what it saw: %w", err)
		}
		return bench.ServerCounts{Requests: saw.Requests, PeakInFlight: int(saw.PeakInFlight)}, nil
	}
}

// stats returns what a server has counted, and sets it to zero. No request may be under way.
func stats(url string) (saw server.Stats, err error) {
	response, err := http.Get(url + "-/stats")
	if err != nil {
		return saw, err
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(&saw); err != nil {
		return saw, err
	}
	reset, err := http.Post(url+"-/reset", "", nil)
	if err != nil {
		return saw, err
	}
	return saw, reset.Body.Close()
}
