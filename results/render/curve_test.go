package render

import (
	"testing"

	"sweetspot/results"
)

func TestCurveTakesAnyLimits(t *testing.T) {
	for _, limits := range [][]int{{}, {1}, {1, 2}, {1, 2, 3}, {3, 5, 7}, {1000, 1001, 1002}, {1, 2, 100000}, {64, 64, 64}} {
		var summaries []results.Summary
		for _, limit := range limits {
			summaries = append(summaries, results.Summary{Limit: limit, PerSecond: 0.001 * float64(limit)})
		}
		for _, columns := range []int{0, 30, 80, 500} {
			_ = Curve(summaries, goodput, &results.Optimum{Verdict: results.Peak, Limit: 52, Low: 44, High: 52, Certain: true}, columns) // whose only contract here is not to panic
		}
	}
}
