//go:build !unix

package network

// A look would find out what the peer did to an idle connection. Without Unix sockets it cannot.
type look struct{}

func (*look) init() {}

// disturbed sees nothing. A request on a connection that the peer has closed then fails as a reset.
func (*wire) disturbed() (closed, data bool) { return false, false }
