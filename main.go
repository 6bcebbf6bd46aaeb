// Sweetspot finds out which way of making many HTTP requests is fastest, and how many to make at once.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"sweetspot/bench/cli"
)

func main() {
	ctx, restore := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, restore) // the second Ctrl-C ends the program at once
	os.Exit(cli.Run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}
