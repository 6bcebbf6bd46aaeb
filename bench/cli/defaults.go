package cli

import "runtime"

// everyStrategy stands for all built-in strategies, and those of --external, in --strategy.
const everyStrategy = "all"

// toCompare returns the names of the strategies that bench compares by default: those that need no other program and run over
// HTTP/1.1, which every server speaks.
func toCompare() []string {
	return []string{"sequential", "pool", "semaphore", "unbounded", "fasthttp", "eventloop", "adaptive"}
}

// toSweep returns the name of the strategy that sweep runs by default: the one that is least likely to be the bottleneck itself.
func toSweep() []string {
	if runtime.GOOS == "linux" { // where eventloop runs
		return []string{"eventloop"}
	}
	return []string{"pool"}
}
