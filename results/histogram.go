package results

import (
	"fmt"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// The range and the precision of a [Histogram]: up to an hour, with three significant digits from a millisecond up and
// half a microsecond below. It takes about 210 KiB, however many durations it has counted. A finer one would make the file
// of a run of an hour against a fast server larger than 20 MB.
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

// MergeEncoded adds the counts of an encoded histogram. It takes memory for its non-zero counts only, so that thousands of
// histograms merge quickly. Counts out of range are left out.
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

// Latency returns the figures of the durations that were recorded.
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

// Encoded is a histogram in HdrHistogram's compressed form (V2, base64), which is lossless and takes from a few hundred to
// a few thousand bytes.
type Encoded string

// Encode returns the histogram in its compressed form.
func (h *Histogram) Encode() (Encoded, error) {
	text, err := h.hdr.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	if err != nil {
		return "", fmt.Errorf("encode histogram: %w", err)
	}
	return Encoded(text), nil
}
