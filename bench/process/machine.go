package process

import (
	"os"
	"strings"
	"sync"
)

// Machine returns a text that processes on one machine have in common, and processes on different ones do not: the host's name,
// with what the kernel calls this boot of it where it tells that. Containers on one machine have names of their own.
var Machine = sync.OnceValue(func() string {
	name, _ := os.Hostname() // without a name the boot has to do
	boot, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.TrimSpace(name + " " + string(boot))
})
