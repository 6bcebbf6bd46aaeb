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

// What [Summary.Versus] says about a strategy that is indistinguishable from the fastest.
const (
	NearFastest = "~ fastest"
	TooFewToSay = "too few to say" // there are fewer trials than [EnoughTrials]
)

// Versus says how the strategy compares with the fastest: "fastest", "~ fastest", "14% slower". It is empty if nothing was
// compared.
func (s Summary) Versus() string {
	switch {
	case s.Error != "":
		return "broke down"
	case s.Verdict == Indistinguishable && s.Trials < EnoughTrials:
		return TooFewToSay
	case s.Verdict == Indistinguishable:
		return NearFastest
	case s.Verdict == Slower && s.VersusFastest > 0.5:
		return text.Percent(1-s.VersusFastest) + " slower"
	case s.Verdict == Slower && s.VersusFastest > 0:
		return text.Number(1/s.VersusFastest) + "× slower"
	}
	return string(s.Verdict)
}
