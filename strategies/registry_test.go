package strategies_test

import (
	"strings"
	"testing"

	"sweetspot/strategies"
)

func TestGetFindsAPairWithoutTheSlash(t *testing.T) {
	if s, err := strategies.Get("pool+nethttp"); err != nil || s.Name() != "pool+net/http" {
		t.Errorf("got %v, %v, want pool+net/http", s, err)
	}
}

func TestGetSuggestsTheMostSimilarName(t *testing.T) {
	for typo, want := range map[string]string{
		"pol": "pool", "semaphor": "semaphore", "fast-http": "fasthttp", "sequental": "sequential", "pool+fasthtp": "pool+fasthttp",
	} {
		if _, err := strategies.Get(typo); err == nil || !strings.Contains(err.Error(), "did you mean "+want+"?") {
			t.Errorf("Get(%q): got %v, want %s suggested", typo, err, want)
		}
	}
}
