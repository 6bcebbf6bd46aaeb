package results

// What the tests from outside see of the file format.
type (
	Conclusion = conclusion
	Line       = line
)

// Parse reads the text of a run file.
var Parse = parse

// Check returns an error unless the trial's figures can be true.
func Check(t *Trial) error { return t.check() }
