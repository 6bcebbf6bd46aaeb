package results

// Verdicts of a comparison.
const (
	Fastest           = "fastest"
	Slower            = "slower"
	Indistinguishable = "indistinguishable"
)
