package results

import "sweetspot/results/text"

// A Standing is the verdict of a comparison about one strategy.
type Standing string

// The standings of a comparison.
const (
	Fastest           Standing = "fastest"
	Slower            Standing = "slower"            // than the fastest, certainly
	Indistinguishable Standing = "indistinguishable" // from the fastest
)

// Standings returns every standing.
func Standings() []Standing { return []Standing{Fastest, Slower, Indistinguishable} }

// EnoughTrials is the smallest number of trials per strategy with which a comparison can distinguish strategies. With fewer,
// "indistinguishable" would only mean that there is too little data.
const EnoughTrials = 10

// What [Summary.Versus] says about a strategy that is indistinguishable from the fastest and has no interval.
const (
	NearFastest = "~ fastest"      // in runs from before the interval was kept
	TooFewToSay = "too few to say" // there are fewer trials than [EnoughTrials]
)

// NotToldApart ends what [Summary.Versus] says about a strategy that is indistinguishable from the fastest.
const NotToldApart = ": not told apart"

// Versus says how the strategy compares with the fastest, by the interval of the ratio: "fastest", "12 to 17% slower",
// "0 to 50% slower: not told apart". It is empty if nothing was compared.
func (s Summary) Versus() string {
	switch {
	case s.Error != "":
		return "broke down"
	case s.Verdict == Indistinguishable && s.Trials < EnoughTrials:
		return TooFewToSay
	case s.Verdict == Indistinguishable && s.VersusLow == nil:
		return NearFastest
	case s.Verdict == Indistinguishable:
		return "0 to " + text.Percent(1-*s.VersusLow) + " slower" + NotToldApart
	case s.Verdict == Slower && s.VersusLow != nil:
		return slowerBy(*s.VersusLow, *s.VersusHigh)
	case s.Verdict == Slower && s.VersusFastest > 0.5:
		return text.Percent(1-s.VersusFastest) + " slower"
	case s.Verdict == Slower && s.VersusFastest > 0:
		return text.Number(1/s.VersusFastest) + "× slower"
	}
	return string(s.Verdict)
}

// slowerBy says in words that a ratio lies between low and high, which are less than 1.
func slowerBy(low, high float64) string {
	switch {
	case high > 0.5:
		return text.PercentRange(1-high, 1-low) + " slower"
	case low > 0:
		return text.Range(1/high, 1/low, text.Number) + "× slower"
	}
	return "at least " + text.Number(1/high) + "× slower"
}

// closeEnough is the share of the fastest's goodput from which on a strategy is as good a choice as the fastest.
const closeEnough = 0.95

// IsClose reports whether the strategy is indistinguishable from the fastest and at most 5% slower, as far as is known.
func (s Summary) IsClose() bool {
	return s.Verdict == Indistinguishable && s.Trials >= EnoughTrials && s.Error == "" && (s.VersusLow == nil || *s.VersusLow >= closeEnough)
}
