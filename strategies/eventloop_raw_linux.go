//go:build !race

package strategies

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// The system calls of a loop's every day are raw: they return at once, sockets being non-blocking, and are spared the
// bookkeeping that lets Go's scheduler take over from those that may not.

func rawRead(fd int, into []byte) (int, error) {
	for {
		n, _, errno := unix.RawSyscall(unix.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&into[0])), uintptr(len(into)))
		if errno == 0 {
			return int(n), nil
		}
		if errno != unix.EINTR {
			return 0, errno
		}
	}
}

func rawWrite(fd int, data []byte) (int, error) {
	for {
		n, _, errno := unix.RawSyscall(unix.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(&data[0])), uintptr(len(data)))
		if errno == 0 {
			return int(n), nil
		}
		if errno != unix.EINTR {
			return 0, errno
		}
	}
}
