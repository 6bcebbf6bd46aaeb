package results

import (
	"fmt"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// The range of a [Histogram]: from 128 ns, below which no request over a socket gets, to an hour, with three significant
// digits. It takes about 240 KiB whatever it has counted.
const (
	shortest = 128
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

// Count returns how many durations were recorded.
func (h *Histogram) Count() int64 { return h.hdr.TotalCount() }

// Latency returns the distribution that the histogram holds.
func (h *Histogram) Latency() Latency {
	seconds := func(nanoseconds int64) float64 { return time.Duration(nanoseconds).Seconds() }
	return Latency{
		Mean: h.hdr.Mean() / 1e9,
		P50:  seconds(h.hdr.ValueAtQuantile(50)),
		P90:  seconds(h.hdr.ValueAtQuantile(90)),
		P99:  seconds(h.hdr.ValueAtQuantile(99)),
		Max:  seconds(h.hdr.Max()),
	}
}

// Encoded is a histogram in HdrHistogram's own compressed form (V2, base64): lossless and a few hundred bytes.
type Encoded string

// Encode returns the histogram in its compressed form.
func (h *Histogram) Encode() (Encoded, error) {
	text, err := h.hdr.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	if err != nil {
		return "", fmt.Errorf("encode histogram: %w", err)
	}
	return Encoded(text), nil
}

// Decode returns the histogram that was encoded.
func (e Encoded) Decode() (*Histogram, error) {
	hdr, err := hdrhistogram.Decode([]byte(e))
	if err != nil {
		return nil, fmt.Errorf("decode histogram: %w", err)
	}
	return &Histogram{hdr}, nil
}
