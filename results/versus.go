package results

import "sweetspot/results/text"

// EnoughTrials is how many trials of a strategy a comparison takes to tell it from another.
const EnoughTrials = 10

// Versus says how the strategy compares with the fastest: "fastest", "~ fastest", "14% slower".
func (s Summary) Versus() string {
	switch {
	case s.Error != "":
		return "broke down"
	case s.Verdict == Indistinguishable && s.Trials < EnoughTrials:
		return "too few to say"
	case s.Verdict == Indistinguishable:
		return "~ fastest"
	case s.Verdict == Slower && s.VersusFastest > 0.5:
		return text.Percent(1-s.VersusFastest) + " slower"
	case s.Verdict == Slower && s.VersusFastest > 0:
		return text.Number(1/s.VersusFastest) + "× slower"
	}
	return s.Verdict
}
