//go:build !linux

package strategytest

import "testing"

// deafAddress skips the test: only on Linux is it known how to make an address that does not answer.
func deafAddress(t testing.TB) (url string) {
	t.Skip("no address that does not answer can be made here")
	return ""
}
