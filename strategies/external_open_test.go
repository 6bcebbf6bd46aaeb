package strategies_test

import (
	"context"
	"errors"
	"os"
	"testing"

	"sweetspot/strategies"
)

func TestAProgramThatCannotBeStartedSaysHowToComeByIt(t *testing.T) {
	p := strategies.Program{Name: "mine", Command: []string{"sweetspot-nonesuch"}, Install: "apt install nonesuch"}
	_, err := p.Strategy().Open(t.Context(), strategies.Target{}, 1)
	if want := `mine: exec: "sweetspot-nonesuch": executable file not found in $PATH: apt install nonesuch`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestAProgramCannotHandle(t *testing.T) {
	target := strategies.Target{Handle: func(*strategies.Request, int, []byte) error { return nil }}
	if _, err := program("mine", "pool").Open(t.Context(), target, 1); !errors.Is(err, strategies.ErrHandle) {
		t.Errorf("got %v, want %v", err, strategies.ErrHandle)
	}
}

func TestAProgramThatIsNotWaitedForIsEnded(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := program("mine", "pool").Open(ctx, strategies.Target{}, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it was cancelled", err)
	}
}

func TestAProgramTellsItsVersionAndItsLimits(t *testing.T) {
	s := program("mine", "pool")
	session := open(t, s, strategies.Target{}, 2)
	if v, ok := session.(strategies.Versioned); !ok || v.Version() != "test 1.0" {
		t.Errorf("got %v", session)
	}
	greeted, err := strategies.Program{Name: "mine", Command: []string{os.Args[0], "as-program", "faulty", "fewer than are asked"}}.Greet(t.Context())
	if err != nil || greeted.Most != 1 || greeted.Strategy().Limit(60) != 1 {
		t.Errorf("got %+v, %v, want one that has one request in flight", greeted, err)
	}
}
