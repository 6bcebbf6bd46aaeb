//go:build unix

package process

import "testing"

func TestWhatTheProcessHasUsedGrows(t *testing.T) {
	before := CPU()
	for CPU() == before { // the clock of processor time is coarse
	}
	if memory := PeakMemory(); memory < 1<<20 {
		t.Errorf("%d bytes of memory, want over a megabyte", memory)
	}
}
