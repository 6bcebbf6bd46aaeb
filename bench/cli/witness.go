package cli

import (
	"encoding/json"
	"fmt"
	"net/http"

	"sweetspot/results"
	"sweetspot/server"
)

// disagreement asks the bundled server, which counts by itself, how many requests it saw, and says in which way the run
// disagrees; it is empty if they agree.
func disagreement(url string, run *results.Run) (string, error) {
	response, err := http.Get(url + "-/stats")
	if err != nil {
		return "", fmt.Errorf("ask the bundled server what it saw: %w", err)
	}
	defer response.Body.Close()
	var saw server.Stats
	if err := json.NewDecoder(response.Body).Decode(&saw); err != nil {
		return "", fmt.Errorf("ask the bundled server what it saw: %w", err)
	}
	var made int64
	for _, t := range run.Trials {
		made += t.Warmup + t.Started
	}
	if made != saw.Requests {
		return fmt.Sprintf("the run says that it made %d requests, the server saw %d: do not trust its figures", made, saw.Requests), nil
	}
	return "", nil
}
