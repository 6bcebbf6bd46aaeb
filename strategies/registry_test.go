package strategies_test

import (
	"slices"
	"strings"
	"testing"

	"sweetspot/strategies"
)

func TestEveryStrategyIsFoundByItsName(t *testing.T) {
	for _, s := range slices.Concat(strategies.Named(), strategies.Pairs()) {
		got, err := strategies.Get(s.Name())
		if err != nil || got.Name() != s.Name() {
			t.Errorf("Get(%q) gave %v, %v", s.Name(), got, err)
		}
		if s.Doc() == "" || strings.Contains(s.Doc(), "\n") {
			t.Errorf("%s: doc %q, want one line", s.Name(), s.Doc())
		}
	}
}

func TestAPairIsFoundWithoutTheSlash(t *testing.T) {
	if s, err := strategies.Get("pool+nethttp"); err != nil || s.Name() != "pool+net/http" {
		t.Errorf("got %v, %v, want pool+net/http", s, err)
	}
}

func TestATypoIsAnsweredWithTheNearestName(t *testing.T) {
	for typo, want := range map[string]string{
		"pol": "pool", "semaphor": "semaphore", "fast-http": "fasthttp", "sequental": "sequential", "pool+fasthtp": "pool+fasthttp",
	} {
		if _, err := strategies.Get(typo); err == nil || !strings.Contains(err.Error(), "did you mean "+want+"?") {
			t.Errorf("Get(%q): got %v, want %s suggested", typo, err, want)
		}
	}
}
