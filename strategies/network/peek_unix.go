//go:build unix && (!linux || race)

package network

import "golang.org/x/sys/unix"

// rawPeek reads from a non-blocking socket without consuming what it reads.
func rawPeek(socket int, into []byte) (int, error) {
	n, _, err := unix.Recvfrom(socket, into, unix.MSG_PEEK|unix.MSG_DONTWAIT)
	return n, err
}
