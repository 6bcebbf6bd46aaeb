//go:build !race

package strategies_test

const raced = false
