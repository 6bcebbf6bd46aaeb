package results

import (
	"fmt"
	"strings"

	"sweetspot/results/text"
)

// A Target is one of the targets that a run compares.
type Target struct {
	URL     string `json:"url"`               // or the template or the file of URLs
	Profile string `json:"profile,omitempty"` // of the bundled server; empty if that is not the target
}

// String returns the target in words.
func (t Target) String() string {
	if t.Profile == "" {
		return t.URL
	}
	return fmt.Sprintf("%s (the bundled server, profile %s)", t.URL, t.Profile)
}

// subject names the target. It is the same for the bundled server on any port.
func (t Target) subject() string {
	if t.Profile == "" {
		return t.URL
	}
	path := "/"
	if _, rest, found := strings.Cut(t.URL, "://"); found {
		if i := strings.Index(rest, "/"); i >= 0 {
			path = rest[i:]
		}
	}
	return fmt.Sprintf("the bundled server, profile %s, %s", t.Profile, path)
}

// A Versus says how the goodput of a strategy on the first target of a run compares with that on the second.
type Versus struct {
	Strategy string        `json:"strategy"`
	Limit    int           `json:"limit"`
	Streams  int           `json:"streams,omitempty"`
	Ratio    *float64      `json:"ratio"` // goodput on the first target divided by that on the second; nil if one had a trial without a success
	Low      *float64      `json:"low"`   // of the interval of Ratio; nil, as High, if no difference could be named
	High     *float64      `json:"high"`  // those of all strategies together are right with 95% confidence
	Verdict  VersusVerdict `json:"verdict,omitempty"`
}

// A VersusVerdict says whether the first target is slower than the second, with a strategy.
type VersusVerdict string

// The verdicts of a [Versus]. It is empty if the strategy broke down.
const (
	VersusSame   VersusVerdict = "same"   // no difference was shown: the interval, if there is one, includes 1
	VersusSlower VersusVerdict = "slower" // the interval lies below 1, or only the first target had trials without a success
	VersusFaster VersusVerdict = "faster" // the interval lies above 1, or only the second had
)

// At returns what was measured, on the first target.
func (v Versus) At() At { return At{Strategy: v.Strategy, Limit: v.Limit, Streams: v.Streams} }

// Words says by how much the first target is slower or faster: "12 to 17% slower", "2.1% slower to 3% faster: not told apart".
func (v Versus) Words() string {
	switch {
	case v.Ratio == nil && v.Verdict == VersusSlower:
		return "slower: it had trials without a success"
	case v.Ratio == nil && v.Verdict == VersusFaster:
		return "faster: the other had trials without a success"
	case v.Verdict == "", v.Ratio == nil:
		return "not compared"
	case v.Low == nil:
		return TooFewToSay
	case v.Verdict == VersusSlower:
		return slowerBy(*v.Low, *v.High)
	case v.Verdict == VersusFaster && *v.High < 2:
		return text.PercentRange(*v.Low-1, *v.High-1) + " faster"
	case v.Verdict == VersusFaster:
		return text.Range(*v.Low, *v.High, text.Number) + "× faster"
	}
	return fmt.Sprintf("%s slower to %s faster%s", text.Percent(1-*v.Low), text.Percent(*v.High-1), NotToldApart)
}

// Sentence says the same with the names of the strategy and the targets.
func (v Versus) Sentence() string {
	difference, note, found := strings.Cut(v.Words(), ": ")
	if found {
		note = ": " + note
	}
	if v.Low == nil && !found {
		return fmt.Sprintf("%s: %s.", v.At().Name(false), difference)
	}
	return fmt.Sprintf("%s: target 0 is %s than target 1%s.", v.At().Name(false), difference, note)
}

// targetsHeadline says how the first target compares with the second, with every strategy.
func targetsHeadline(all []Versus) Headline {
	counts := map[VersusVerdict]int{}
	for _, v := range all {
		counts[v.Verdict]++
	}
	share := func(verdict VersusVerdict) string {
		if len(all) == 1 {
			return "with " + all[0].At().Name(false)
		}
		return fmt.Sprintf("with %d of %d strategies", counts[verdict], len(all))
	}
	switch {
	case len(all) == 0:
		return Headline{Before: "No comparison of the targets yet"}
	case len(all) == 1 && all[0].Low != nil && all[0].Verdict != VersusSame:
		v := all[0]
		return Headline{At: v.At().AnyLimit(), Before: "Target 0 is", Figure: v.Words(), After: "than target 1, with " + v.At().Name(false)}
	case counts[VersusSlower] > 0 && counts[VersusFaster] > 0:
		return Headline{Before: "Target 0 is", Figure: "slower", After: share(VersusSlower) + " and faster " + share(VersusFaster)}
	case counts[VersusSlower] > 0:
		return Headline{Before: "Target 0 is", Figure: "slower", After: "than target 1, " + share(VersusSlower)}
	case counts[VersusFaster] > 0:
		return Headline{Before: "Target 0 is", Figure: "faster", After: "than target 1, " + share(VersusFaster)}
	}
	return Headline{Before: "No difference shown between", Figure: "2", After: "targets", Why: all[0].Sentence()}
}

// On returns the summaries of those that were measured on a target.
func On(target int, all []Summary) []Summary {
	var on []Summary
	for _, s := range all {
		if s.At().Target == target {
			on = append(on, s)
		}
	}
	return on
}
