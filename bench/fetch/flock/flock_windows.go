package flock

import (
	"os"

	"golang.org/x/sys/windows"
)

// beyond is the place of the byte that is locked: behind all contents, since Windows keeps others from reading what is locked.
const beyond = 1 << 30

// Lock locks a file until it is closed. It returns [ErrLocked] if another process has locked it.
func Lock(file *os.File) error {
	err := windows.LockFileEx(windows.Handle(file.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY,
		0, 1, 0, &windows.Overlapped{Offset: beyond})
	if err == windows.ERROR_LOCK_VIOLATION {
		return ErrLocked
	}
	return os.NewSyscallError("LockFileEx", err)
}
