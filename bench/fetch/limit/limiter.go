// Package limit decides how many requests are in flight at once: as many as the user says, or as many as give the most goodput.
package limit

import "time"

// A Limiter decides how many requests are in flight at once, by what became of the requests in one window of time after another.
// It has no clock and is not safe for concurrent use.
type Limiter interface {
	// Limit returns the limit of the next window.
	Limit() int
	// Settled returns the limit that was found to be the best so far.
	Settled() int
	// Most returns the largest limit that there can be.
	Most() int
	// Add takes what a window has shown.
	Add(w Window)
	// Why says in a few words why the limit is what it is.
	Why() string
}

// A Window is what became of the requests that ended in a time.
type Window struct {
	Seconds   float64
	Succeeded int64
	Failed    int64
	Full      bool // as many requests were in flight as the limit permits, for most of the time
}

// goodput returns the successes per second.
func (w Window) goodput() float64 {
	if w.Seconds <= 0 {
		return 0
	}
	return float64(w.Succeeded) / w.Seconds
}

// failing returns the share of the requests that failed.
func (w Window) failing() float64 {
	if w.Succeeded+w.Failed == 0 {
		return 0
	}
	return float64(w.Failed) / float64(w.Succeeded+w.Failed)
}

// How long a window is: until there are enough completions for a figure that is worth a decision, but neither too short for timers
// nor too long to decide anything in the time of a fetch.
const (
	shortestWindow   = 250 * time.Millisecond
	longestWindow    = 5 * time.Second
	fewestInWindow   = 150
	roundsInWindow   = 3 // completions in each slot
	shortestSettling = 100 * time.Millisecond
)

// WindowOver reports whether a window of that length with that many completions at a limit is long enough.
func WindowOver(limit int, lasted time.Duration, completions int64) bool {
	enough := completions >= max(fewestInWindow, int64(roundsInWindow*limit))
	return lasted >= longestWindow || enough && lasted >= shortestWindow
}

// Settled reports whether what was in flight before a change of the limit has ended, so that a window may begin.
func Settled(limit int, lasted time.Duration, completions int64) bool {
	return lasted >= longestWindow || lasted >= shortestSettling && completions >= int64(limit)
}

// Fixed returns the limiter whose limit is always the same.
func Fixed(limit int) Limiter { return fixed(limit) }

type fixed int

func (f fixed) Limit() int   { return int(f) }
func (f fixed) Settled() int { return int(f) }
func (f fixed) Most() int    { return int(f) }
func (f fixed) Add(Window)   {}
func (f fixed) Why() string  { return "as given" }
