//go:build unix

package bundled

import (
	"os/exec"
	"syscall"
)

// ignoreInterrupts keeps a Ctrl-C at the terminal from reaching the server before its clients have finished with it.
func ignoreInterrupts(command *exec.Cmd) { command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
