//go:build !unix

package network

import "net"

// closedByPeer returns false: without Unix sockets it cannot know. A request on a stale connection then fails as a reset.
func closedByPeer(net.Conn) bool { return false }
