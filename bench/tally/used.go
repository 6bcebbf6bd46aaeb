package tally

import (
	"cmp"
	"slices"
	"time"
)

// Used is what the machines that made the requests of a trial used for it in its window.
type Used struct {
	CPU       time.Duration `json:"cpu"`                 // processor time of the process and of the session's own programs
	Programs  time.Duration `json:"programs,omitempty"`  // the part of CPU that the programs used
	Waited    time.Duration `json:"waited,omitempty"`    // that threads of the process were ready to run and had no processor
	Exchange  time.Duration `json:"exchange,omitempty"`  // from a request's first byte to its response's last one, summed over Exchanges
	Exchanges int64         `json:"exchanges,omitempty"` // requests that were timed so
	Waits     []Wait        `json:"waits,omitempty"`     // how long goroutines waited for a processor, ascending; empty if that is not known

	Processors int    `json:"processors,omitempty"` // that the process may use
	Machine    string `json:"machine,omitempty"`    // on which it runs: processes with the same one share its processors
}

// A Wait is how many goroutines waited for a processor, for a time that was at most AtMost and more than that of the Wait before.
type Wait struct {
	AtMost time.Duration `json:"at_most"`
	Count  int64         `json:"count"`
}

// plus returns the sum of two.
func (u Used) plus(other Used) Used {
	u.CPU += other.CPU
	u.Programs += other.Programs
	u.Waited += other.Waited
	u.Exchange += other.Exchange
	u.Exchanges += other.Exchanges
	u.Waits = addWaits(u.Waits, other.Waits)
	u.Processors, u.Machine = 0, "" // of several machines, a trial has their sum
	return u
}

// addWaits returns the counts of both. Programs of different versions of Go may have different times.
func addWaits(one, other []Wait) []Wait {
	all := slices.Concat(one, other)
	slices.SortStableFunc(all, func(a, b Wait) int { return cmp.Compare(a.AtMost, b.AtMost) })
	var sum []Wait
	for _, w := range all {
		if last := len(sum) - 1; last >= 0 && sum[last].AtMost == w.AtMost {
			sum[last].Count += w.Count
			continue
		}
		sum = append(sum, w)
	}
	return sum
}

// exchange returns the mean time that an exchange took, 0 if none was timed.
func (u Used) exchange() time.Duration {
	if u.Exchanges == 0 {
		return 0
	}
	return u.Exchange / time.Duration(u.Exchanges)
}

// waitP99 returns the time within which 99% of the goroutines that were ready to run got a processor; 0 if that is not known.
func (u Used) waitP99() time.Duration {
	var all, below int64
	for _, w := range u.Waits {
		all += w.Count
	}
	for _, w := range u.Waits {
		if below += w.Count; float64(below) >= 0.99*float64(all) {
			return w.AtMost
		}
	}
	return 0
}
