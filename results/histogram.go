package results

import (
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strings"
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

// A Histogram counts durations from 0 to an hour in bounded memory, with three significant digits from a millisecond up and
// half a microsecond below. It is not safe for concurrent use.
type Histogram struct{ hdr *hdrhistogram.Histogram }

// NewHistogram returns an empty histogram.
func NewHistogram() *Histogram {
	return &Histogram{hdrhistogram.New(shortest, longest, digits)}
}

// Record counts a duration. One below 0 counts as 0, and one above an hour counts as an hour.
func (h *Histogram) Record(d time.Duration) {
	_ = h.hdr.RecordValue(min(max(int64(d), 0), longest)) // in range, so it cannot fail
}

// mostCorrections is how many values stand for those that one duration hides, at most: more show nothing further.
const mostCorrections = 1000

// RecordCorrected counts a duration, and those that would have begun meanwhile, one after each interval, if it had not kept them
// from it: each of them lasts shorter by one more interval. This is the correction for coordinated omission of HdrHistogram (Gil
// Tene). An interval of 0 corrects nothing.
func (h *Histogram) RecordCorrected(d, interval time.Duration) {
	h.Record(d)
	if interval <= 0 || d < 2*interval {
		return
	}
	hidden := int64(d/interval) - 1
	values := min(hidden, mostCorrections)
	for i := range values {
		before, after := hidden*i/values, hidden*(i+1)/values // of the hidden ones, those that this value stands for
		_ = h.hdr.RecordValues(min(int64(d-time.Duration(after)*interval), longest), after-before)
	}
}

// Merge adds the counts of other.
func (h *Histogram) Merge(other *Histogram) { h.hdr.Merge(other.hdr) }

// mergeEncoded adds the counts of an encoded histogram, without those that are out of range. It needs memory for non-zero
// counts only, so that thousands of histograms merge quickly. It returns an error if e is not in that form.
func (h *Histogram) mergeEncoded(e Encoded) error {
	packed, err := hdrhistogram.DecodePacked([]byte(e))
	if err != nil {
		return fmt.Errorf("decode histogram: %w", err)
	}
	packed.MergeInto(h.hdr)
	return nil
}

// DecodeHistogram returns the histogram that was encoded. It returns an error if e is anything else than what [Histogram.Encode]
// has returned; it may come from anywhere.
func DecodeHistogram(e Encoded) (*Histogram, error) {
	if err := e.checkRange(); err != nil {
		return nil, fmt.Errorf("decode histogram: %w", err)
	}
	h := NewHistogram()
	return h, h.mergeEncoded(e)
}

// checkRange returns an error unless the histogram has the range and the precision of ours. It reads no more than the header: what
// follows may be large if it has others.
func (e Encoded) checkRange() error {
	const envelope = 8 // bytes before what is compressed
	text := base64.NewDecoder(base64.StdEncoding, strings.NewReader(string(e)))
	if _, err := io.CopyN(io.Discard, text, envelope); err != nil {
		return err
	}
	inflated, err := zlib.NewReader(text)
	if err != nil {
		return err
	}
	var header struct {
		Cookie, Length, Offset, Digits int32
		Lowest, Highest                int64
	}
	if err := binary.Read(inflated, binary.BigEndian, &header); err != nil {
		return err
	}
	if header.Digits != digits || header.Lowest != shortest || header.Highest != longest {
		return fmt.Errorf("it counts from %d to %d with %d digits: want %d to %d with %d", header.Lowest, header.Highest, header.Digits, shortest, longest, digits)
	}
	return nil
}

// Count returns how many durations were recorded.
func (h *Histogram) Count() int64 { return h.hdr.TotalCount() }

// Latency returns the mean, the percentiles and the maximum of the durations that were recorded; all are 0 if there are none.
func (h *Histogram) Latency() Latency {
	if h.Count() == 0 {
		return Latency{} // the library has a maximum above 0 for a merged one
	}
	seconds := func(nanoseconds int64) float64 { return time.Duration(nanoseconds).Seconds() }
	l := Latency{Mean: h.hdr.Mean() / 1e9, Max: seconds(h.hdr.Max())}
	for _, f := range Figures {
		if f.Percentile > 0 && f.field != nil {
			*f.field(&l) = seconds(h.hdr.ValueAtQuantile(f.Percentile))
		}
	}
	return l
}

// Encoded is a histogram in HdrHistogram's compressed form (V2, base64), which is lossless and takes from a few hundred to
// a few thousand bytes.
type Encoded string

// At returns a percentile of the durations in an encoded histogram, in seconds; 0 if there are none.
func (e Encoded) At(percentile float64) (float64, error) {
	packed, err := hdrhistogram.DecodePacked([]byte(e))
	if err != nil {
		return 0, fmt.Errorf("decode histogram: %w", err)
	}
	h := NewHistogram()
	packed.MergeInto(h.hdr)
	return time.Duration(h.hdr.ValueAtQuantile(percentile)).Seconds(), nil
}

// Buckets are counts of durations by upper bounds, as Prometheus has them.
type Buckets struct {
	AtMost []uint64 // by bound: how many durations were at most as long
	Count  uint64   // of all
	Sum    float64  // of all, in seconds
}

// Plus returns the sum of two sets of counts with the same bounds. The zero value has no counts.
func (b Buckets) Plus(other Buckets) Buckets {
	sum := Buckets{Count: b.Count + other.Count, Sum: b.Sum + other.Sum, AtMost: slices.Clone(other.AtMost)}
	for i, n := range b.AtMost {
		sum.AtMost[i] += n
	}
	return sum
}

// Buckets returns the counts of the durations by the bounds, in seconds and ascending. A duration counts for a bound with the
// precision of the histogram. It returns an error if e is not an encoded histogram.
func (e Encoded) Buckets(bounds []float64) (Buckets, error) {
	h := NewHistogram()
	if err := h.mergeEncoded(e); err != nil {
		return Buckets{}, err
	}
	b := Buckets{AtMost: make([]uint64, len(bounds)), Count: uint64(h.Count()), Sum: h.hdr.Mean() / 1e9 * float64(h.Count())}
	for _, bar := range h.hdr.Distribution() {
		i, _ := slices.BinarySearch(bounds, float64(bar.From)/1e9)
		for ; bar.Count > 0 && i < len(bounds); i++ {
			b.AtMost[i] += uint64(bar.Count)
		}
	}
	return b, nil
}

// Encode returns the histogram in its compressed form.
func (h *Histogram) Encode() (Encoded, error) {
	text, err := h.hdr.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	if err != nil {
		return "", fmt.Errorf("encode histogram: %w", err)
	}
	return Encoded(text), nil
}
