//go:build !race

package station_test

const raced = false
