package results

import "bytes"

// What the tests from outside see of the file format.
type (
	Conclusion = conclusion
	Line       = line
)

// ParseFile reads a run file.
var ParseFile = parse

// Parse reads the text of a run file.
func Parse(name string, text []byte) (*Run, error) { return parse(name, bytes.NewReader(text)) }

// Check returns an error unless the trial's figures can be true.
func Check(t *Trial) error { return t.check() }
