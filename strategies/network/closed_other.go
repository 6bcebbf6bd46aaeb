//go:build !unix

package network

import "net"

// closedByPeer cannot tell without Unix sockets. A request on a stale connection then fails as a reset.
func closedByPeer(net.Conn) bool { return false }
