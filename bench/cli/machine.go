package cli

import (
	"runtime"

	"sweetspot/results"
)

// machine describes the machine that the run is made on.
func machine() results.Machine {
	files, _ := raiseFiles() // an error was reported with the arguments
	return results.Machine{
		Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH, CPU: cpuModel(), Kernel: kernelRelease(),
		CPUs: runtime.GOMAXPROCS(0), OpenFiles: files,
	}
}
