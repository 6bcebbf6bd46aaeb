package process

import (
	"os"
	"testing"
	"time"
)

func TestWaitedReadsWhatTheKernelSays(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"9812345 2034395 17\n": 2034395,
		"0 0 0\n":              0,
		"12 34":                34,
		"12":                   0,
		"":                     0,
		"12 many 3":            0,
	} {
		if got := waitedIn(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

// Every thread of a test has waited for a processor at least once, when it began.
func TestWaitedAddsUpTheThreads(t *testing.T) {
	if _, err := os.Stat("/proc/self/schedstat"); err != nil {
		t.Skip("this kernel does not say how long a thread waited: ", err)
	}
	if Waited() <= 0 {
		t.Errorf("%v, want more than nothing", Waited())
	}
}
