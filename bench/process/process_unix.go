//go:build unix

// Package process says what this process has used of the machine.
package process

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// CPU returns the processor time, user and system, that this process has used.
func CPU() time.Duration {
	used := usage()
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// PeakMemory returns the resident memory of this process at its largest, in bytes. It returns 0 where that is not known.
func PeakMemory() int64 {
	kilobytes := int64(usage().Maxrss)
	if runtime.GOOS == "darwin" {
		return kilobytes // macOS counts in bytes
	}
	return kilobytes << 10
}

func usage() unix.Rusage {
	var used unix.Rusage
	_ = unix.Getrusage(unix.RUSAGE_SELF, &used) // fails only on a bad argument
	return used
}
