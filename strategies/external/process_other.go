//go:build !unix

package external

import (
	"os"
	"os/exec"
)

// setProcessGroup does nothing where there are no process groups.
func setProcessGroup(*exec.Cmd) {}

// killGroup ends a process. The processes it has started must notice that their input and output are closed.
func killGroup(leader *os.Process) { _ = leader.Kill() }

// usageOf returns nothing where there is no /proc.
func usageOf(int) usage { return usage{} }
