package results_test

import (
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"sweetspot/results"
)

func TestFigures(t *testing.T) {
	t.Run("hold every field of a latency, by its name in JSON", func(t *testing.T) {
		names := results.LatencyNames()
		for _, field := range reflect.VisibleFields(reflect.TypeFor[results.Latency]()) {
			if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); !slices.Contains(names, name) {
				t.Errorf("%s is not in %q", name, names)
			}
		}
	})
	t.Run("read what a histogram recorded", func(t *testing.T) {
		histogram := results.NewHistogram()
		for ms := range 10_000 {
			histogram.Record(time.Duration(1+ms) * time.Millisecond)
		}
		trial := results.Trial{Latency: histogram.Latency()}
		summary := results.Summary{Latency: histogram.Latency()}
		for _, f := range results.Latencies() {
			want := f.Percentile / 10 // seconds
			if f.Percentile > 0 && (math.Abs(f.OfTrial(&trial)-want) > want/1000 || f.OfTrial(&trial) != f.OfSummary(&summary)) {
				t.Errorf("%s: %g of a trial and %g of a summary, want %g", f.Name, f.OfTrial(&trial), f.OfSummary(&summary), want)
			}
		}
	})
	t.Run("have names that a requirement can hold", func(t *testing.T) {
		for _, f := range results.Figures {
			if !regexp.MustCompile(`^[a-z_][a-z0-9_]*$`).MatchString(f.Name) || f.Doc == "" || f.Heading == "" {
				t.Errorf("%+v", f)
			}
		}
	})
}
