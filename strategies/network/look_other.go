//go:build !unix

package network

// A look would find out what the peer did to an idle connection. Without Unix sockets it cannot.
type look struct{}

func (*look) init() {}

// disturbed returns false. A request on a connection that the peer has closed then fails as a reset.
func (*wire) disturbed(bool) bool { return false }
