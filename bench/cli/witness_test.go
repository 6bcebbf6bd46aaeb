package cli

import (
	"net/http"
	"testing"

	"sweetspot/results"
	"sweetspot/server"
)

func TestARunThatTheServerContradictsIsNotTrusted(t *testing.T) {
	s, err := server.Start(server.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for range 3 {
		response, err := http.Get(s.URL())
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
	}
	for started, agrees := range map[int64]bool{1: false, 2: true, 3: false} {
		run := &results.Run{Trials: []results.Trial{{Warmup: 1, Started: started}}}
		differs, err := disagreement(s.URL(), run)
		if err != nil || (differs == "") != agrees {
			t.Errorf("of 3 requests the run knows %d: got %q, %v", 1+started, differs, err)
		}
	}
}
