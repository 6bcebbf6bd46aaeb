//go:build unix && !solaris && !aix

package flock

import (
	"os"

	"golang.org/x/sys/unix"
)

// Lock locks a file until it is closed. It returns [ErrLocked] if another process has locked it.
func Lock(file *os.File) error {
	err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if err == unix.EWOULDBLOCK {
		return ErrLocked
	}
	return os.NewSyscallError("flock", err)
}
