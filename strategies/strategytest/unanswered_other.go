//go:build !unix

package strategytest

import "testing"

// Unanswered skips the test: only on Unix is it known how to make an address that does not answer.
func Unanswered(t testing.TB, _ string) (address string) {
	t.Helper()
	t.Skip("no address that does not answer can be made here")
	return ""
}
