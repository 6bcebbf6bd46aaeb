//go:build !unix

package bench

import "time"

// processCPU returns 0: it is not known without getrusage.
func processCPU() time.Duration { return 0 }

// PeakMemory returns 0: it is not known without getrusage.
func PeakMemory() int64 { return 0 }
