//go:build !linux

package process

import "time"

// Waited returns 0: how long a process waited for a processor is not known here.
func Waited() time.Duration { return 0 }
