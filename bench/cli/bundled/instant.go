package bundled

import (
	"context"

	"sweetspot/bench"
)

// An Instant is a server that answers at once, which is started when it is first needed. Its zero value is ready to use.
type Instant struct{ server *Server }

// Start starts the server and returns its URLs. It is a [bench.InstantServer], to be called at most once.
func (i *Instant) Start(ctx context.Context) (bench.URLs, error) {
	server, err := Start(ctx)
	if err != nil {
		return nil, err
	}
	i.server = server
	return bench.ParseURL(server.URL())
}

// Stop ends the server and waits for it, if it was started.
func (i *Instant) Stop() error {
	if i.server == nil {
		return nil
	}
	return i.server.Stop()
}
