package render

import (
	"testing"

	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"sweetspot/results"
)

func TestCurveTakesAnyLimits(t *testing.T) {
	for _, limits := range [][]int{{}, {1}, {1, 2}, {1, 2, 3}, {3, 5, 7}, {1000, 1001, 1002}, {1, 2, 100000}, {64, 64, 64}} {
		var summaries []results.Summary
		for _, limit := range limits {
			summaries = append(summaries, results.Summary{Limit: limit, PerSecond: 0.001 * float64(limit)})
		}
		for _, columns := range []int{0, 30, 80, 500} {
			for _, low := range []int{1, 44} {
				found := &results.Optimum{Verdict: results.Peak, Limit: 52, Low: low, High: 100000, Certain: true}
				for _, line := range Curve(summaries, goodput, found, columns) {
					if n := twwidth.Width(line.Text); columns >= 80 && n > columns {
						t.Errorf("limits %v: %d columns, want at most %d: %q", limits, n, columns, line.Text)
					}
				}
			}
		}
	}
}
