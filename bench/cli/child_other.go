//go:build !unix

package cli

import "os/exec"

// apart has nothing to do where a Ctrl-C is not sent to groups of processes.
func apart(*exec.Cmd) {}
