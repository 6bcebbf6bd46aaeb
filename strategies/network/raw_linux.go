//go:build !race

package network

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// RawRead reads from a non-blocking socket by a raw system call. The buffer into must not be empty. The error is a
// [unix.Errno]; EAGAIN says that nothing has arrived. At the end of the stream RawRead returns 0 and no error.
//
// Raw calls skip the bookkeeping by which Go's scheduler replaces a thread that blocks. These calls never block, since the
// socket is non-blocking. RECVFROM and SENDTO do less work in the kernel than READ and WRITE, which take any file.
func RawRead(socket int, into []byte) (int, error) {
	for {
		n, _, errno := unix.RawSyscall6(unix.SYS_RECVFROM, uintptr(socket), uintptr(unsafe.Pointer(&into[0])), uintptr(len(into)), 0, 0, 0)
		if errno == 0 {
			return int(n), nil
		}
		if errno != unix.EINTR {
			return 0, errno
		}
	}
}

// RawWrite writes to a non-blocking socket by a raw system call, as [RawRead] reads. It may write only a part of data, which
// must not be empty. The error EAGAIN says that the socket's buffer is full.
func RawWrite(socket int, data []byte) (int, error) {
	for {
		n, _, errno := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(socket), uintptr(unsafe.Pointer(&data[0])), uintptr(len(data)), unix.MSG_NOSIGNAL, 0, 0)
		if errno == 0 {
			return int(n), nil
		}
		if errno != unix.EINTR {
			return 0, errno
		}
	}
}

// maxDiscard is the most bytes that one call discards, so that other connections get their turn.
const maxDiscard = 256 << 10

// rawDiscard receives at most n bytes from a non-blocking TCP socket without copying them anywhere; see tcp(7) on MSG_TRUNC.
func rawDiscard(socket int, n int) (int, error) {
	for {
		got, _, errno := unix.RawSyscall6(unix.SYS_RECVFROM, uintptr(socket), 0, uintptr(n), unix.MSG_TRUNC, 0, 0)
		if errno == 0 {
			return int(got), nil
		}
		if errno != unix.EINTR {
			return 0, errno
		}
	}
}

// rawPeek is RawRead without consuming what it reads.
func rawPeek(socket int, into []byte) (int, error) {
	n, _, errno := unix.RawSyscall6(unix.SYS_RECVFROM, uintptr(socket), uintptr(unsafe.Pointer(&into[0])), uintptr(len(into)), unix.MSG_PEEK|unix.MSG_DONTWAIT, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}
