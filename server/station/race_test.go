//go:build race

package station_test

// raceEnabled reports whether the race detector is on. It makes the simulations twenty times slower, and each of them
// runs in one goroutine.
const raceEnabled = true
