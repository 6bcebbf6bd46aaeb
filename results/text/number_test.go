package text_test

import (
	"math"
	"testing"

	"sweetspot/results/text"
)

func TestNumberRoundsToWhatIsWorthReading(t *testing.T) {
	for _, c := range []struct {
		x    float64
		want string
	}{
		{0, "0"}, {0.0012344, "0.00123"}, {0.9996, "1.00"}, {9.996, "10.0"}, {605.4, "605"}, {999.4, "999"},
		{999.6, "1,000"}, {2540.4, "2,540"}, {12346, "12,350"}, {999999, "1,000,000"}, {123456789, "123,500,000"},
		{-1234.5, "-1,234"}, {math.Inf(1), "+Inf"},
	} {
		if got := text.Number(c.x); got != c.want {
			t.Errorf("Number(%g) = %q, want %q", c.x, got, c.want)
		}
	}
}

func TestShortNumberEndsInNoZeros(t *testing.T) {
	for x, want := range map[float64]string{0: "0", 50: "50", 2.5: "2.5", 97: "97", 99.5: "99.5", 1000: "1,000", 0.05: "0.05"} {
		if got := text.ShortNumber(x); got != want {
			t.Errorf("ShortNumber(%g) = %q, want %q", x, got, want)
		}
	}
}

func TestSpanTakesTheUnitThatReadsBest(t *testing.T) {
	for _, c := range []struct {
		seconds float64
		want    string
	}{
		{0, "0 s"}, {640e-9, "640 ns"}, {0.9996e-6, "1.00 µs"}, {12.3e-6, "12.3 µs"}, {0.9996e-3, "1.00 ms"},
		{0.3937, "394 ms"}, {0.9996, "1.00 s"}, {1.5748, "1.57 s"}, {59.94, "59.9 s"}, {59.96, "1 min"}, {75, "1 min 15 s"},
		{97.1, "1 min 37 s"}, {599.6, "10 min"}, {661, "11 min"}, {3569, "59 min"}, {3571, "1 h"}, {7800, "2 h 10 min"},
		{86369, "23 h 59 min"}, {86371, "1 d"}, {273600, "3 d 4 h"}, {86400 * 4000, "4,000 d"},
	} {
		if got := text.Span(c.seconds); got != c.want {
			t.Errorf("Span(%g) = %q, want %q", c.seconds, got, c.want)
		}
	}
}

func TestPercentKeepsADecimalOfSmallShares(t *testing.T) {
	for share, want := range map[float64]string{0: "0.0%", 0.0113: "1.1%", 0.0994: "9.9%", 0.0996: "10%", 0.388: "39%"} {
		if got := text.Percent(share); got != want {
			t.Errorf("Percent(%g) = %q, want %q", share, got, want)
		}
	}
}

func TestPercentRangeHasOneUnit(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		want      string
	}{{0.045, 0.186, "4.5 to 19%"}, {0.12, 0.17, "12 to 17%"}, {0.388, 0.391, "39%"}, {0, 0.012, "0.0 to 1.2%"}} {
		if got := text.PercentRange(c.low, c.high); got != c.want {
			t.Errorf("PercentRange(%g, %g) = %q, want %q", c.low, c.high, got, c.want)
		}
	}
}

func TestClassesNameTheMostFrequentFirst(t *testing.T) {
	for _, c := range []struct {
		failed map[string]int64
		want   string
	}{
		{map[string]int64{"timeout": 0}, ""},
		{map[string]int64{"timeout": 3, "status": 12, "reset": 0}, "status 12, timeout 3"},
		{map[string]int64{"a": 1, "b": 2, "c": 3000, "d": 4, "e": 4}, "c 3,000, d 4, e 4, +2 more"},
	} {
		if got := text.Classes(c.failed); got != c.want {
			t.Errorf("Classes(%v) = %q, want %q", c.failed, got, c.want)
		}
	}
}
