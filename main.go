// Sweetspot finds out which way of making many HTTP requests is fastest, and how many to make at once.
package main

import (
	"os"

	"sweetspot/bench/cli"
	"sweetspot/bench/cli/signals"
)

func main() {
	os.Exit(cli.Run(signals.Context(), os.Args[1:], os.Stdout, os.Stderr))
}
