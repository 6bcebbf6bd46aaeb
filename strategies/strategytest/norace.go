//go:build !race

package strategytest

// RaceDetector says whether the test was built with -race. The detector sees nothing of a program in another process, so
// tests of such strategies may skip themselves: they take most of the time.
const RaceDetector = false
