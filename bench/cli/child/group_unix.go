//go:build unix

package child

import (
	"os/exec"
	"syscall"
)

// ignoreInterrupts keeps a Ctrl-C at the terminal from reaching the process before the one that started it has finished with it.
func ignoreInterrupts(command *exec.Cmd) { command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
