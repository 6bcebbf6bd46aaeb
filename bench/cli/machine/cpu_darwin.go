package machine

import "golang.org/x/sys/unix"

// cpuModel returns the name of the processor.
func cpuModel() string {
	name, _ := unix.Sysctl("machdep.cpu.brand_string") // empty where there is none
	return name
}
