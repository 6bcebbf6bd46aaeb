package results

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// nothing stands in a cell for a figure that there is none of.
const nothing = "-"

// significant writes x with so many significant digits, never with an exponent, and with thousands separators. Digits
// before the point that are not significant are zeros: 12,346 with four digits is 12,350.
func significant(x float64, digits int) string {
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

// count writes a number of things in full: 1,679,616.
func count[N int | int64](n N) string { return separate(strconv.FormatInt(int64(n), 10)) }

// figure writes a rate or a number of microseconds: four digits from a thousand up, three below.
func figure(x float64) string {
	if math.Abs(x) >= 1000 {
		return significant(x, 4)
	}
	return significant(x, 3)
}

// plain writes a figure without the zeros that end its fraction: 50, 2.5.
func plain(x float64) string {
	text := figure(x)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}

// percent writes a share of one with so many decimals: 0.0113 with one is 1.1%.
func percent(share float64, decimals int) string {
	return strconv.FormatFloat(100*share, 'f', decimals, 64) + "%"
}

// roughly writes a share of one as fine as a difference is worth reading: 0.6%, 1.1%, 39%.
func roughly(share float64) string {
	if math.Abs(share) < 0.0995 {
		return percent(share, 1)
	}
	return percent(share, 0)
}

// span writes a duration given in seconds: 640 ns, 23.1 ms, 1.57 s, then 1 min 15 s, 11 min, 2 h 10 min, 3 d 4 h.
func span(seconds float64) string {
	switch {
	case seconds == 0:
		return "0 s"
	case seconds < 0.9995e-6:
		return significant(seconds*1e9, 3) + " ns"
	case seconds < 0.9995e-3:
		return significant(seconds*1e6, 3) + " µs"
	case seconds < 0.9995:
		return significant(seconds*1e3, 3) + " ms"
	case seconds < 59.95:
		return significant(seconds, 3) + " s"
	case seconds < 599.5:
		return inUnits(seconds, 60, "min", "s")
	case seconds < 3570:
		return count(int64(math.Round(seconds/60))) + " min"
	case seconds < 86370:
		return inUnits(seconds/60, 60, "h", "min")
	}
	return inUnits(seconds/3600, 24, "d", "h")
}

// inUnits writes an amount of a small unit as so many large ones and the rest, of which there are ratio in a large one.
func inUnits(amount float64, ratio int64, large, small string) string {
	rounded := int64(math.Round(amount))
	text := count(rounded/ratio) + " " + large
	if rest := rounded % ratio; rest > 0 {
		text += fmt.Sprintf(" %d %s", rest, small)
	}
	return text
}

// mostClasses is how many classes of failure a cell names before it only counts the others.
const mostClasses = 3

// classes writes failures by class, the most frequent first: "timeout 12, status 3". It is blank without any.
func classes(failed map[string]int64) string {
	names := slices.SortedFunc(maps.Keys(failed), func(a, b string) int {
		return cmp.Or(cmp.Compare(failed[b], failed[a]), cmp.Compare(a, b))
	})
	names = slices.DeleteFunc(names, func(name string) bool { return failed[name] == 0 })
	var parts []string
	for _, name := range names[:min(len(names), mostClasses)] {
		parts = append(parts, name+" "+count(failed[name]))
	}
	if others := len(names) - mostClasses; others > 0 {
		parts = append(parts, fmt.Sprintf("+%d more", others))
	}
	return strings.Join(parts, ", ")
}

// several writes a number of things with their name: 1 trial, 2,000 trials.
func several[N int | int64](n N, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return count(n) + " " + thing + "s"
}
