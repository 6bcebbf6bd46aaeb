package text_test

import (
	"fmt"
	"math"

	"sweetspot/results/text"
)

func ExampleSignificant() {
	fmt.Println(text.Significant(12346, 4), text.Significant(0.0012344, 3))
	// Output: 12,350 0.00123
}

func ExampleCount() {
	fmt.Println(text.Count(1679616))
	// Output: 1,679,616
}

func ExamplePlural() {
	fmt.Println(text.Plural(1, "trial"), "and", text.Plural(2000, "request"))
	// Output: 1 trial and 2,000 requests
}

func ExampleNumber() {
	fmt.Println(text.Number(2608.7), text.Number(605.4), text.Number(2.5))
	// Output: 2,609 605 2.50
}

func ExampleShortNumber() {
	fmt.Println(text.ShortNumber(50), text.ShortNumber(2.5))
	// Output: 50 2.5
}

func ExamplePrecise() {
	fmt.Println(text.Precise(50.0012), text.Precise(50))
	// Output: 50.0012 50
}

func ExamplePercent() {
	fmt.Println(text.Percent(0.0113), text.Percent(0.388))
	// Output: 1.1% 39%
}

func ExamplePercentTo() {
	fmt.Println(text.PercentTo(0.0113, 1))
	// Output: 1.1%
}

func ExampleShortPercent() {
	fmt.Println(text.ShortPercent(0.97), text.ShortPercent(0.975))
	// Output: 97% 97.5%
}

func ExampleSpan() {
	for _, seconds := range []float64{640e-9, 0.0231, 1.5748, 75, 661, 7800, 273600} {
		fmt.Println(text.Span(seconds))
	}
	// Output:
	// 640 ns
	// 23.1 ms
	// 1.57 s
	// 1 min 15 s
	// 11 min
	// 2 h 10 min
	// 3 d 4 h
}

func ExampleExact() {
	fmt.Println(text.Exact(12345.678901))
	// Output: 12345.678901
}

func ExampleOrNone() {
	fmt.Println(text.OrNone(0, text.Span), text.OrNone(0.5, text.Span))
	// Output: - 500 ms
}

func ExampleOptional() {
	known := math.Pi
	fmt.Println(text.Optional(nil, text.Number), text.Optional(&known, text.Number))
	// Output: - 3.14
}

func ExampleClasses() {
	fmt.Println(text.Classes(map[string]int64{"timeout": 3, "status": 12, "reset": 0}))
	// Output: status 12, timeout 3
}

func ExampleClean() {
	fmt.Println(text.Clean("two\nlines \x1b[31mred"))
	// Output: two lines �[31mred
}

func ExamplePrefixed() {
	fmt.Println(text.Prefixed("warning: ", []string{"the client was busy"}))
	// Output: [warning: the client was busy]
}

func ExampleShortSpan() {
	fmt.Println(text.ShortSpan(0.05), "and", text.ShortSpan(2.5), "and", text.ShortSpan(75))
	// Output: 50 ms and 2.5 s and 1 min 15 s
}

func ExampleBytes() {
	for _, bytes := range []int64{0, 999, 5700, 69_600_000, 1_530_000_000} {
		fmt.Println(text.Bytes(bytes))
	}
	// Output:
	// 0 B
	// 999 B
	// 5.70 kB
	// 69.6 MB
	// 1.53 GB
}
