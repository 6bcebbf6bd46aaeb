package bundled

import (
	"context"

	"sweetspot/bench"
)

// An Instant is a bundled server that answers at once. Its zero value is ready to use; Start starts the process.
type Instant struct{ server *Server }

// Start starts the server and returns its URLs. It is a [bench.InstantServer], and may be called once. The error and the
// effect of ctx are those of the function [Start].
func (i *Instant) Start(ctx context.Context) (bench.URLs, error) {
	server, err := Start(ctx)
	if err != nil {
		return nil, err
	}
	i.server = server
	return bench.ParseURL(server.URL())
}

// Stop ends the server and waits for it, if it was started: see [Server.Stop].
func (i *Instant) Stop() error {
	if i.server == nil {
		return nil
	}
	return i.server.Stop()
}
