//go:build !unix

package process

import "time"

// CPU returns 0: it is not known without getrusage.
func CPU() time.Duration { return 0 }

// PeakMemory returns 0: it is not known without getrusage.
func PeakMemory() int64 { return 0 }
