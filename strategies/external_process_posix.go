//go:build unix && !linux

package strategies

import (
	"os/exec"
	"syscall"
)

// inGroup gives the command a process group of its own. It ends by itself when its standard input does.
func inGroup(command *exec.Cmd) { command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// usageOf is not known without /proc.
func usageOf(int) usage { return usage{} }
