//go:build unix

package external

import (
	"os"
	"syscall"
)

// killGroup ends all processes of a group, whose leader may have been reaped.
func killGroup(leader *os.Process) { _ = syscall.Kill(-leader.Pid, syscall.SIGKILL) }
