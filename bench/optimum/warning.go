package optimum

// A Warning is a reason for caution about a conclusion, as data. It says what was seen; the program
// that shows it says what to do about it.
type Warning struct {
	Code    Code
	Numbers map[string]float64 // by name; a share is from 0 to 1
	Text    string
}

type numbers = map[string]float64

// A Code names a kind of warning.
type Code string

// The codes.
const (
	FailingLimits Code = "failing-limits" // requests begin to fail at a limit
	NoSuccess     Code = "no-success"     // no trial succeeded
	TooFewTrials  Code = "too-few-trials" // too few trials for any statement
	NotCertain    Code = "not-certain"    // no limit gives the share of the peak with certainty
	Drift         Code = "drift"          // everything got faster or slower while it was measured
	Harmed        Code = "harmed"         // the search itself made everything slower, for good
	Burst         Code = "burst"          // a rate limiter let a burst pass, which does not last
	CopyDiffers   Code = "copy-differs"   // a strategy differs from its own copy: the comparison is void
	TooFewBlocks  Code = "too-few-blocks" // too few blocks to name a winner
)

// Codes returns every code there is.
func Codes() []Code {
	return []Code{FailingLimits, NoSuccess, TooFewTrials, NotCertain, Drift, Harmed, Burst, CopyDiffers, TooFewBlocks}
}
