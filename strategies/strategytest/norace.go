//go:build !race

package strategytest

// RaceDetector reports whether the test was built with -race. The detector sees nothing of a program in another process, so
// the tests of such strategies, which are slow, may skip themselves.
const RaceDetector = false
