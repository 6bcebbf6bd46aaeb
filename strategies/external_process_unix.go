//go:build unix

package strategies

import (
	"os"
	"syscall"
)

// killGroup ends a process, which may have been reaped, and all others of its group.
func killGroup(leader *os.Process) { _ = syscall.Kill(-leader.Pid, syscall.SIGKILL) }
