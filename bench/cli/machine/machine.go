// Package machine describes the machine that a run is made on, and raises its limit on open files. What differs between
// operating systems is here.
package machine

import (
	"runtime"

	"sweetspot/results"
)

// Describe returns the description that is saved with a run. It raises the limit on open files, which is a part of it.
func Describe() results.Machine {
	files, _ := RaiseOpenFiles() // commands report its error together with what is wrong with their arguments
	return results.Machine{
		Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH, CPU: cpuModel(), Kernel: kernelRelease(),
		CPUs: runtime.GOMAXPROCS(0), OpenFiles: files,
	}
}
