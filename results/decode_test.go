package results_test

import (
	"strings"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"sweetspot/results"
)

func TestDecodeHistogramReturnsWhatWasEncoded(t *testing.T) {
	h := results.NewHistogram()
	for d := time.Microsecond; d < time.Minute; d *= 3 {
		h.Record(d)
	}
	text, err := h.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := results.DecodeHistogram(text)
	if err != nil {
		t.Fatal(err)
	}
	if got.Count() != h.Count() || got.Latency() != h.Latency() {
		t.Errorf("got %d, %+v, want %d, %+v", got.Count(), got.Latency(), h.Count(), h.Latency())
	}
}

// A histogram of a wide range is refused before its counts are read, which may be many.
func TestDecodeHistogramRefusesAnotherRange(t *testing.T) {
	wide := hdrhistogram.New(1, 1<<62, 5)
	text, err := wide.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := results.DecodeHistogram(results.Encoded(text)); err == nil || !strings.Contains(err.Error(), "with 5 digits: want") {
		t.Errorf("got %v", err)
	}
	for _, text := range []results.Encoded{"", "!", "AAAAAAAAAAAA", results.Encoded(text[:20])} {
		if _, err := results.DecodeHistogram(text); err == nil {
			t.Errorf("%q is no histogram, and there is no error", text)
		}
	}
}

func TestAMergedHistogramWithoutDurationsHasNoMaximum(t *testing.T) {
	h := results.NewHistogram()
	h.Merge(results.NewHistogram())
	if got := h.Latency(); got != (results.Latency{}) {
		t.Errorf("got %+v", got)
	}
}
