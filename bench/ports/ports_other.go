//go:build !linux

package ports

import "errors"

// Read returns an error: the supply is not known here.
func Read(bool) (Supply, error) { return Supply{}, errors.New("ports: not known on this system") }

// Waiting returns 0: it is not known here.
func Waiting(int) int { return 0 }
