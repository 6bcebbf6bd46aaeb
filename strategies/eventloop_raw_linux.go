//go:build !race

package strategies

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// The system calls of a loop's every day are raw: they return at once, sockets being non-blocking, and are spared the
// bookkeeping that lets Go's scheduler take over from those that may not. They are those for sockets, which do less than
// read and write do for any file.

func rawRead(socket int, into []byte) (int, error) {
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

func rawWrite(socket int, data []byte) (int, error) {
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
