//go:build race

package strategies

import "syscall"

// The race detector takes what comes out of a connection to happen after what went in, but only through package syscall.

func rawRead(fd int, into []byte) (n int, err error) {
	for n, err = syscall.Read(fd, into); err == syscall.EINTR; n, err = syscall.Read(fd, into) {
	}
	return max(n, 0), err
}

func rawWrite(fd int, data []byte) (n int, err error) {
	for n, err = syscall.Write(fd, data); err == syscall.EINTR; n, err = syscall.Write(fd, data) {
	}
	return max(n, 0), err
}
