//go:build unix && !linux

package external

import (
	"os/exec"
	"syscall"
)

// setProcessGroup gives the command a new process group. The program ends by itself at the end of its standard input.
func setProcessGroup(command *exec.Cmd) { command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// usageOf returns nothing where there is no /proc.
func usageOf(int) usage { return usage{} }
