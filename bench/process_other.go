//go:build !unix

package bench

import "time"

// processCPU is not known without getrusage; the column stays zero.
func processCPU() time.Duration { return 0 }

// PeakMemory is not known without getrusage; it is 0.
func PeakMemory() int64 { return 0 }
