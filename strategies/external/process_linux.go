package external

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// setProcessGroup gives the command a new process group, and makes the kernel end it when this program ends, for whatever reason.
func setProcessGroup(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// clockTicksPerSecond is the unit of times in /proc, on every architecture that Go supports.
const clockTicksPerSecond = 100

// usageOf returns what a process and its children have used, including those that have ended.
func usageOf(pid int) usage {
	used := usage{cpu: processorTime(pid) + reapedTime(pid), memory: peakMemory(pid)}
	for _, child := range childrenOf(pid) {
		own := usageOf(child)
		used.cpu += own.cpu
		used.memory += own.memory
	}
	return used
}

// processorTime returns the processor time of all threads of a process. It reads the kernel's clock of the process, since the
// times in /proc are rounded to 10 ms.
func processorTime(pid int) time.Duration {
	const wholeProcess = 2 // CPUCLOCK_SCHED, without the bit for a single thread: see clock_getcpuclockid(3)
	var t unix.Timespec
	if unix.ClockGettime(int32(^pid)<<3|wholeProcess, &t) != nil {
		return 0
	}
	return time.Duration(t.Nano())
}

// reapedTime returns the processor time of the children that a process has waited for.
func reapedTime(pid int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:])) // before it stands the name, which may contain anything
	if len(fields) < 15 {
		return 0
	}
	user, err1 := strconv.ParseInt(fields[13], 10, 64) // the 16th and 17th of all fields
	system, err2 := strconv.ParseInt(fields[14], 10, 64)
	if err1 != nil || err2 != nil {
		return 0
	}
	return time.Duration(user+system) * time.Second / clockTicksPerSecond
}

// peakMemory returns the largest resident memory of a process, in bytes.
func peakMemory(pid int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), "\nVmHWM:")
	var kilobytes int64
	_, _ = fmt.Sscan(rest, &kilobytes)
	return kilobytes << 10
}

// childrenOf returns the living children of a process, none if the kernel does not list them.
func childrenOf(pid int) []int {
	tasks, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil {
		return nil
	}
	var children []int
	for _, task := range tasks {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/children", pid, task.Name()))
		for word := range strings.FieldsSeq(string(text)) {
			if child, err := strconv.Atoi(word); err == nil {
				children = append(children, child)
			}
		}
	}
	return children
}
