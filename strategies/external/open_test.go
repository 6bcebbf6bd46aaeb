package external_test

import (
	"context"
	"errors"
	"os"
	"testing"

	"sweetspot/strategies"
	"sweetspot/strategies/external"
	"sweetspot/strategies/strategytest"
)

func TestOpenSaysHowToInstallAMissingProgram(t *testing.T) {
	p := external.Program{Name: "mine", Command: []string{"sweetspot-nonesuch"}, Install: "apt install nonesuch"}
	_, err := p.Strategy().Open(t.Context(), strategies.Target{}, 1)
	if want := `mine: exec: "sweetspot-nonesuch": executable file not found in $PATH: apt install nonesuch`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestOpenReturnsErrHandle(t *testing.T) {
	target := strategies.Target{Handle: func(*strategies.Request, strategies.Answer) error { return nil }}
	if _, err := program("mine", "pool").Open(t.Context(), target, 1); !errors.Is(err, strategies.ErrHandle) {
		t.Errorf("got %v, want %v", err, strategies.ErrHandle)
	}
}

func TestOpenReturnsErrOwn(t *testing.T) {
	target := strategies.Target{Own: func(*strategies.Request, string, bool) *strategies.Message { return nil }}
	strategytest.Open(t, program("mine", "pool"), target, 1)
	target.Follow = 1
	if _, err := program("mine", "pool").Open(t.Context(), target, 1); !errors.Is(err, strategies.ErrOwn) {
		t.Errorf("got %v, want %v", err, strategies.ErrOwn)
	}
}

func TestOpenEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := program("mine", "pool").Open(ctx, strategies.Target{}, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that of the context", err)
	}
}

func TestGreetReturnsVersionAndMaxInFlight(t *testing.T) {
	s := program("mine", "pool")
	session := strategytest.Open(t, s, strategies.Target{}, 2)
	if v, ok := session.(strategies.Versioned); !ok || v.Version() != "test 1.0" {
		t.Errorf("got %v", session)
	}
	greeted, err := external.Program{Name: "mine", Command: []string{os.Args[0], "as-program", "faulty", "a lower limit than asked for"}}.Greet(t.Context())
	if err != nil || greeted.MaxInFlight != 1 || greeted.Strategy().Limit(60) != 1 {
		t.Errorf("got %+v, %v, want one that has one request in flight", greeted, err)
	}
}

func TestOpenRefusesATargetThatTheProgramCannotKeepTo(t *testing.T) {
	s := external.Program{Name: "mine", Command: []string{os.Args[0], "as-program", "faulty", "a lower limit than asked for"}}.Strategy()
	_, err := s.Open(t.Context(), strategies.Target{Varied: true}, 1)
	if want := "mine: it cannot send a method, headers or a body of a single request's own"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
