//go:build !unix

package machine

import "math"

// RaiseOpenFiles returns a very large number: only Unix has this limit.
func RaiseOpenFiles() (uint64, error) { return math.MaxInt32, nil }
