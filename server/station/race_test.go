//go:build race

package station_test

// raced tells that the race detector is on. It slows simulations down twentyfold and has nothing to find in them.
const raced = true
