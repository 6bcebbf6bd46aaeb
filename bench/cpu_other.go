//go:build !unix

package bench

import "time"

// processCPU is not known without getrusage; the column stays zero.
func processCPU() time.Duration { return 0 }
