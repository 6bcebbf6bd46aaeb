package results

import (
	"fmt"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// The range of a [Histogram]: to an hour, with three significant digits from a millisecond up and to half a microsecond
// below. Finer, a run of an hour against a fast server would not fit into 20 MB. It takes about 210 KiB whatever it has
// counted.
const (
	shortest = int64(time.Microsecond)
	longest  = int64(time.Hour)
	digits   = 3
)

// A Histogram counts durations in bounded memory. It is not safe for concurrent use.
type Histogram struct{ hdr *hdrhistogram.Histogram }

// NewHistogram returns an empty histogram.
func NewHistogram() *Histogram {
	return &Histogram{hdrhistogram.New(shortest, longest, digits)}
}

// Record counts d; what is longer than an hour counts as an hour.
func (h *Histogram) Record(d time.Duration) {
	_ = h.hdr.RecordValue(min(max(int64(d), 0), longest)) // in range, so it cannot fail
}

// Merge adds the counts of other.
func (h *Histogram) Merge(other *Histogram) { h.hdr.Merge(other.hdr) }

// MergeEncoded adds the counts of an encoded histogram. It takes memory for the counts that there are, not for those that
// there might be, which is what makes thousands of them quick to merge. A count that is out of range here is left out.
func (h *Histogram) MergeEncoded(e Encoded) error {
	packed, err := hdrhistogram.DecodePacked([]byte(e))
	if err != nil {
		return fmt.Errorf("decode histogram: %w", err)
	}
	packed.MergeInto(h.hdr)
	return nil
}

// Count returns how many durations were recorded.
func (h *Histogram) Count() int64 { return h.hdr.TotalCount() }

// Latency returns the distribution that the histogram holds.
func (h *Histogram) Latency() Latency {
	seconds := func(nanoseconds int64) float64 { return time.Duration(nanoseconds).Seconds() }
	l := Latency{Mean: h.hdr.Mean() / 1e9, Max: seconds(h.hdr.Max())}
	for _, f := range Figures {
		if f.Percentile > 0 {
			*f.field(&l) = seconds(h.hdr.ValueAtQuantile(f.Percentile))
		}
	}
	return l
}

// Encoded is a histogram in HdrHistogram's own compressed form (V2, base64): lossless, and a few hundred bytes to a few
// thousand.
type Encoded string

// Encode returns the histogram in its compressed form.
func (h *Histogram) Encode() (Encoded, error) {
	text, err := h.hdr.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	if err != nil {
		return "", fmt.Errorf("encode histogram: %w", err)
	}
	return Encoded(text), nil
}
