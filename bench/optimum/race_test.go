//go:build race

package optimum_test

// racing says that the race detector slows everything down tenfold, in a package that has no goroutine to race.
const racing = true
