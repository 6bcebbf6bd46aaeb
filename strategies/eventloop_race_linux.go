//go:build race

package strategies

import "syscall"

// The race detector takes what comes out of a connection to happen after what went in, but only through package syscall.

func rawRead(socket int, into []byte) (n int, err error) {
	for n, err = syscall.Read(socket, into); err == syscall.EINTR; n, err = syscall.Read(socket, into) {
	}
	return max(n, 0), err
}

func rawWrite(socket int, data []byte) (n int, err error) {
	for n, err = syscall.Write(socket, data); err == syscall.EINTR; n, err = syscall.Write(socket, data) {
	}
	return max(n, 0), err
}
