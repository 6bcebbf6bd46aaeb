// Package flock locks files against other processes. A lock ends with the process, however that ends.
package flock

import "errors"

// ErrLocked is the error of a file that another process has locked.
var ErrLocked = errors.New("another process has locked it")
