package process

import (
	"os"
	"strconv"
	"strings"
	"time"
)

// Waited returns for how long the threads of this process have been ready to run and had no processor, added up over the threads
// that it has now. It returns 0 where the kernel does not say so.
func Waited() time.Duration {
	const threads = "/proc/self/task/"
	all, err := os.ReadDir(threads)
	if err != nil {
		return 0
	}
	var waited time.Duration
	for _, thread := range all {
		text, _ := os.ReadFile(threads + thread.Name() + "/schedstat") // a thread that has ended has none
		waited += waitedIn(string(text))
	}
	return waited
}

// waitedIn returns the time in a text such as /proc/self/schedstat: the nanoseconds that a thread has run, those that it has waited
// for a processor, and how often it got one.
func waitedIn(text string) time.Duration {
	fields := strings.Fields(text)
	if len(fields) < 2 {
		return 0
	}
	nanoseconds, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return 0
	}
	return time.Duration(nanoseconds)
}
