package frames_test

import (
	"slices"
	"testing"

	"sweetspot/strategies"
	"sweetspot/strategies/strategytest/frames"
)

func TestWhatBothProtocolsHaveHasTheSameClass(t *testing.T) {
	type classes struct {
		want strategies.Class
		also []strategies.Class
	}
	of2 := map[string]classes{}
	for _, a := range frames.HTTP2() {
		if _, twice := of2[a.String()]; twice {
			t.Errorf("HTTP/2: two answers are called %q", a)
		}
		of2[a.String()] = classes{a.Want, a.Also}
	}
	both, of3 := 0, map[string]bool{}
	for _, a := range frames.HTTP3() {
		if of3[a.String()] {
			t.Errorf("HTTP/3: two answers are called %q", a)
		}
		of3[a.String()] = true
		of, is := of2[a.String()]
		if !is {
			continue
		}
		if both++; of.want != a.Want || !slices.Equal(of.also, a.Also) {
			t.Errorf("%q is %v or %v in HTTP/2, and %v or %v in HTTP/3", a, of.want, of.also, a.Want, a.Also)
		}
	}
	if both < 30 {
		t.Errorf("%d answers of both protocols, want at least 30", both)
	}
}
