//go:build !unix

package child

import "os/exec"

// ignoreInterrupts has nothing to do where a Ctrl-C is not sent to groups of processes.
func ignoreInterrupts(*exec.Cmd) {}
