package cli

import (
	"errors"
	"fmt"
)

// faults collects everything that is wrong before the first request, so that all of it is reported together.
type faults struct {
	usage    []error // what the user can mend by calling the command in another way
	failures []error // what is wrong elsewhere, such as a target that does not answer
}

func (f *faults) addf(format string, args ...any) {
	f.usage = append(f.usage, fmt.Errorf(format, args...))
}

// misuse adds an error that the user can mend by calling the command in another way, unless it is nil.
func (f *faults) misuse(err error) {
	if err != nil {
		f.usage = append(f.usage, err)
	}
}

// add adds an error, or each of several joined ones, with the subject before it.
func (f *faults) add(subject string, err error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range joined.Unwrap() {
			f.add(subject, err)
		}
		return
	}
	if err != nil {
		f.addf("%s: %w", subject, err)
	}
}

// err returns all faults as one error, a usage error if any of them is one, or nil.
func (f *faults) err() error {
	all := errors.Join(append(f.usage, f.failures...)...)
	if len(f.usage) > 0 {
		return usageError{all}
	}
	return all
}
