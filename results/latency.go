package results

import (
	"errors"
	"fmt"
	"slices"

	"sweetspot/results/text"
)

// Latency describes the distribution of service times, in seconds, from the moment when the request has a slot. P50 to P999
// are percentiles: P999 is the 99.9th.
type Latency struct {
	Mean float64 `json:"mean"`
	P50  float64 `json:"p50"`
	P90  float64 `json:"p90"`
	P95  float64 `json:"p95,omitempty"` // 0 in files from before it was kept
	P99  float64 `json:"p99"`
	P999 float64 `json:"p999,omitempty"` // 0 in files from before it was kept
	Max  float64 `json:"max"`
}

// poolResponse returns the response times of all trials, nil if none has any. Like poolLatency it merges histograms, and returns an
// error if one is missing or broken.
func poolResponse(trials []*Trial) (*Latency, error) {
	with := slices.DeleteFunc(slices.Clone(trials), func(t *Trial) bool { return t.Response == nil })
	switch len(with) {
	case 0:
		return nil, nil
	case 1:
		return with[0].Response, nil
	}
	merged := NewHistogram()
	for _, t := range with {
		if t.Responses == "" {
			return nil, errors.New("a trial has no histogram")
		}
		if err := merged.mergeEncoded(t.Responses); err != nil {
			return nil, err
		}
	}
	pooled := merged.Latency()
	return &pooled, nil
}

// poolLatency returns the latency of the successes of all trials. Percentiles cannot be averaged, so it merges the trials'
// histograms, unless only one trial had a success. It returns an error if a histogram is missing, broken, or does not hold
// every success.
func poolLatency(trials []*Trial) (Latency, error) {
	var succeeded int64
	var busy []*Trial
	for _, t := range trials {
		if t.Succeeded > 0 {
			busy = append(busy, t)
			succeeded += t.Succeeded
		}
	}
	switch len(busy) {
	case 0:
		return Latency{}, nil
	case 1:
		return busy[0].Latency, nil
	}
	merged := NewHistogram()
	for _, t := range busy {
		if t.Histogram == "" {
			return Latency{}, errors.New("a trial has no histogram")
		}
		if err := merged.mergeEncoded(t.Histogram); err != nil {
			return Latency{}, err
		}
	}
	if merged.Count() != succeeded {
		return Latency{}, fmt.Errorf("the histograms hold %s of %s successes", text.Count(merged.Count()), text.Count(succeeded))
	}
	return merged.Latency(), nil
}
