// Package signals says how the signals of the system end the program.
package signals

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// Context returns a context that ends when the program is asked to end: by Ctrl-C, by SIGTERM, or by SIGHUP, which says that the
// terminal was closed. SIGHUP has no effect if it was ignored from the start, as nohup does. A second Ctrl-C or SIGTERM ends
// the program at once. A second SIGHUP does not: the kernel and the shell each send one.
//
// From then on writing to a pipe that nobody reads is an error, which the writer reports, and no longer ends the program.
func Context() context.Context {
	ctx, restore := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, restore)
	ignored := make(chan os.Signal, 1) // nobody receives: what does not fit is dropped
	signal.Notify(ignored, syscall.SIGPIPE)
	if signal.Ignored(syscall.SIGHUP) {
		return ctx
	}
	ctx, cancel := context.WithCancel(ctx)
	closed := make(chan os.Signal, 1)
	signal.Notify(closed, syscall.SIGHUP)
	go func() { // until the program ends
		<-closed
		cancel()
	}()
	return ctx
}
