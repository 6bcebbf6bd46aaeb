//go:build !unix

package strategies

import "net"

// closedByPeer cannot tell without Unix sockets; a stale connection then shows as a reset.
func closedByPeer(net.Conn) bool { return false }
