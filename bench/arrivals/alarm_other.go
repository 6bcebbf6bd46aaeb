//go:build !linux

package arrivals

import "time"

// An alarm does nothing here: a timer of the runtime has to be enough.
type alarm struct{}

func newAlarm() alarm           { return alarm{} }
func (alarm) set(time.Duration) {}
func (alarm) close()            {}
