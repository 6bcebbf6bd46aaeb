//go:build unix

package cli

import (
	"os/exec"
	"syscall"
)

// apart keeps a Ctrl-C at the terminal from reaching the server before its clients have finished with it.
func apart(command *exec.Cmd) { command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
