// Package machine describes the machine that a run is made on, and raises its limit on open files. What differs between
// operating systems is here.
package machine

import (
	"runtime"

	"sweetspot/results"
)

// Describe returns the description that is saved with a run; what is not known is empty. The limit on open files is a part of
// it, so Describe raises the limit first: see [RaiseOpenFiles].
func Describe() results.Machine {
	files, _ := RaiseOpenFiles() // the commands report this error when they check their arguments
	return results.Machine{
		Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH, CPU: cpuModel(), Kernel: kernelRelease(),
		CPUs: runtime.GOMAXPROCS(0), OpenFiles: files,
	}
}
