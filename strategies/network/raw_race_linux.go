//go:build race

package network

import "syscall"

// The race detector knows that a read from a connection happens after the write at its other end, but only for calls through
// package syscall.

// RawRead reads from a non-blocking socket. The error is a [syscall.Errno].
func RawRead(socket int, into []byte) (n int, err error) {
	for n, err = syscall.Read(socket, into); err == syscall.EINTR; n, err = syscall.Read(socket, into) {
	}
	return max(n, 0), err
}

const maxDiscard = 64 << 10

// rawDiscard receives at most n bytes from a non-blocking socket.
func rawDiscard(socket int, n int) (int, error) { return RawRead(socket, make([]byte, n)) }

// RawWrite writes to a non-blocking socket. It may write less than data.
func RawWrite(socket int, data []byte) (n int, err error) {
	for n, err = syscall.Write(socket, data); err == syscall.EINTR; n, err = syscall.Write(socket, data) {
	}
	return max(n, 0), err
}
