package results_test

import (
	"math"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"sweetspot/results"
)

// It is the correction of HdrHistogram's own library.
func TestRecordCorrectedIsThatOfHdrHistogram(t *testing.T) {
	got, want := results.NewHistogram(), hdrhistogram.New(int64(time.Microsecond), int64(time.Hour), 3)
	for i := range 1000 {
		d := time.Duration(i) * time.Millisecond
		got.RecordCorrected(d, 10*time.Millisecond)
		if err := want.RecordCorrectedValue(int64(d), int64(10*time.Millisecond)); err != nil {
			t.Fatal(err)
		}
	}
	if got.Count() != want.TotalCount() {
		t.Errorf("%d values, want %d", got.Count(), want.TotalCount())
	}
	l := got.Latency()
	for quantile, figure := range map[float64]float64{50: l.P50, 90: l.P90, 99: l.P99, 100: l.Max} {
		if exact := float64(want.ValueAtQuantile(quantile)) / 1e9; math.Abs(figure-exact) > 0.002*exact {
			t.Errorf("p%g is %g s, want %g", quantile, figure, exact)
		}
	}
}

// A short interval costs no time, and changes no figure.
func TestRecordCorrectedOfAShortIntervalIsBounded(t *testing.T) {
	h := results.NewHistogram()
	h.RecordCorrected(10*time.Second, 100*time.Nanosecond)
	if want := int64(10*time.Second) / 100; h.Count() != want {
		t.Errorf("%d values, want %d", h.Count(), want)
	}
	if l := h.Latency(); math.Abs(l.P50-5) > 0.02 || math.Abs(l.P99-9.9) > 0.02 {
		t.Errorf("%+v, want evenly from 0 to 10 s", l)
	}
	h.RecordCorrected(time.Second, 0)
	h.RecordCorrected(time.Second, time.Hour)
}

func TestSummariseMergesTheResponseTimes(t *testing.T) {
	var trials []results.Trial
	for i := range 2 {
		h := results.NewHistogram()
		h.Record(time.Duration(1+i) * time.Second)
		encoded, err := h.Encode()
		if err != nil {
			t.Fatal(err)
		}
		response, missed, late := h.Latency(), int64(3+i), 0.001*float64(1+i)
		trials = append(trials, results.Trial{
			Strategy: "a", Limit: 2, Started: 1, Succeeded: 1, Elapsed: 1, PerSecond: 1, Latency: response, Histogram: encoded,
			Response: &response, Responses: encoded, Offered: 10 + float64(i), Missed: &missed, Late: &late,
		})
	}
	s := results.Summarise(trials)[0]
	if s.Response == nil || math.Abs(s.Response.Max-2) > 0.002 || math.Abs(s.Response.Mean-1.5) > 0.002 || *s.Missed != 7 || *s.Late != 0.002 || s.Offered != 10.5 {
		t.Errorf("%+v", s)
	}
}
