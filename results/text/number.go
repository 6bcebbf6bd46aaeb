// Package text writes figures as people read them, and cleans strings that came from outside.
//
// Every function that writes a figure returns one line of text. Rates and durations are rounded to the digits that are worth
// reading; [Exact] and [Integer] are for programs, which need all digits and no separators.
package text

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Significant writes x with a number of significant digits, never with an exponent, and with thousands separators.
// Digits before the point that are not significant are zeros: 12,346 with four digits is 12,350.
func Significant(x float64, digits int) string {
	if x == 0 || math.IsNaN(x) || math.IsInf(x, 0) {
		return strconv.FormatFloat(x, 'f', 0, 64)
	}
	scientific := strconv.FormatFloat(x, 'e', digits-1, 64)
	_, exponent, _ := strings.Cut(scientific, "e")
	power, _ := strconv.Atoi(exponent) // of the rounded figure: 9.996 with three digits has the decimals of 10.0
	rounded, _ := strconv.ParseFloat(scientific, 64)
	return separate(strconv.FormatFloat(rounded, 'f', max(0, digits-1-power), 64))
}

// separate puts thousands separators into the whole part of a decimal number.
func separate(number string) string {
	whole, decimals, fraction := strings.Cut(number, ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if fraction {
		return sign + whole + "." + decimals
	}
	return sign + whole
}

// Count writes a whole number in full, with thousands separators: 1,679,616.
func Count[N int | int64](n N) string { return separate(strconv.FormatInt(int64(n), 10)) }

// Plural writes a number of things with their name: 1 trial, 2,000 trials.
func Plural[N int | int64](n N, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return Count(n) + " " + thing + "s"
}

// Number writes a rate or another measured figure: with four digits from 1,000 up, with three below.
func Number(x float64) string {
	if math.Abs(x) >= 1000 {
		return Significant(x, 4)
	}
	return Significant(x, 3)
}

// ShortNumber writes what [Number] does without the zeros at the end of the fraction: 50, 2.5.
func ShortNumber(x float64) string { return trimZeros(Number(x)) }

// Precise writes x with six digits and without the zeros at the end of the fraction. It is for comparisons in which a
// difference that [Number] hides is decisive.
func Precise(x float64) string { return trimZeros(Significant(x, 6)) }

// trimZeros removes the zeros at the end of a fraction.
func trimZeros(number string) string {
	if strings.Contains(number, ".") {
		number = strings.TrimRight(strings.TrimRight(number, "0"), ".")
	}
	return number
}

// Percent writes a share of one as precisely as a difference is worth reading: 0.6%, 1.1%, 39%.
func Percent(share float64) string {
	if math.Abs(share) < 0.0995 {
		return PercentTo(share, 1)
	}
	return PercentTo(share, 0)
}

// Range writes two figures, the unit of both being that of the second: "12 to 17", or only one if both read alike.
func Range(low, high float64, write func(float64) string) string {
	if write(low) == write(high) {
		return write(high)
	}
	return write(low) + " to " + write(high)
}

// PercentRange writes two shares of one, each as precisely as [Percent] does: "4.5 to 19%".
func PercentRange(low, high float64) string {
	return Range(low, high, func(share float64) string { return strings.TrimSuffix(Percent(share), "%") }) + "%"
}

// PercentTo writes a share of one with a number of decimals: 0.0113 with one decimal is 1.1%.
func PercentTo(share float64, decimals int) string {
	return strconv.FormatFloat(100*share, 'f', decimals, 64) + "%"
}

// ShortPercent writes a share of one without the zeros at the end of the fraction: 97%, 97.5%.
func ShortPercent(share float64) string { return ShortNumber(100*share) + "%" }

// Span writes a duration, which is given in seconds: 640 ns, 23.1 ms, 1.57 s, then 1 min 15 s, 11 min, 2 h 10 min, 3 d 4 h.
func Span(seconds float64) string {
	switch {
	case seconds == 0:
		return "0 s"
	case seconds < 0.9995e-6:
		return Significant(seconds*1e9, 3) + " ns"
	case seconds < 0.9995e-3:
		return Significant(seconds*1e6, 3) + " µs"
	case seconds < 0.9995:
		return Significant(seconds*1e3, 3) + " ms"
	case seconds < 59.95:
		return Significant(seconds, 3) + " s"
	case seconds < 599.5:
		return inUnits(seconds, 60, "min", "s")
	case seconds < 3570:
		return Count(int64(math.Round(seconds/60))) + " min"
	case seconds < 86370:
		return inUnits(seconds/60, 60, "h", "min")
	}
	return inUnits(seconds/3600, 24, "d", "h")
}

// ShortSpan writes what [Span] does without the zeros at the end of the fraction: 50 ms, 2.5 s.
func ShortSpan(seconds float64) string {
	number, unit, _ := strings.Cut(Span(seconds), " ")
	return trimZeros(number) + " " + unit
}

// Bytes writes a number of bytes: 69,600,000 bytes are 69.6 MB.
func Bytes(bytes int64) string {
	for _, unit := range []struct {
		name string
		size int64
	}{{"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}} {
		if bytes >= unit.size {
			return Number(float64(bytes)/float64(unit.size)) + " " + unit.name
		}
	}
	return Count(bytes) + " B"
}

// inUnits writes an amount of small units as whole large units and the rest. A large unit has ratio small ones.
func inUnits(amount float64, ratio int64, large, small string) string {
	rounded := int64(math.Round(amount))
	text := Count(rounded/ratio) + " " + large
	if rest := rounded % ratio; rest > 0 {
		text += fmt.Sprintf(" %d %s", rest, small)
	}
	return text
}

// Exact writes x with all its digits, for programs: never with an exponent and without separators.
func Exact(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// ExactOrEmpty writes what [Exact] does, or the empty string if the figure is nil.
func ExactOrEmpty(x *float64) string {
	if x == nil {
		return ""
	}
	return Exact(*x)
}

// Integer writes a whole number for programs, without separators.
func Integer(n int64) string { return strconv.FormatInt(n, 10) }

// None stands in a table where a figure is not known.
const None = "-"

// OrNone writes a figure, or [None] if it is 0, which means unknown.
func OrNone(x float64, write func(float64) string) string {
	if x == 0 {
		return None
	}
	return write(x)
}

// Optional writes a figure, or [None] if it is nil.
func Optional(x *float64, write func(float64) string) string {
	if x == nil {
		return None
	}
	return write(*x)
}
