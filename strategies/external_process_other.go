//go:build !unix

package strategies

import (
	"os"
	"os/exec"
)

// inGroup has nothing to do where there are no process groups.
func inGroup(*exec.Cmd) {}

// killGroup ends a process; what it has started ends when its own input and output do.
func killGroup(leader *os.Process) { _ = leader.Kill() }

// usageOf is not known without /proc.
func usageOf(int) usage { return usage{} }
