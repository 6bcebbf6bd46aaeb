package strategies

import "time"

// A timeline holds what will run out of time, in the order in which that happens. All on it are given the same time, so
// that whoever joins last is last: a list does what otherwise takes a heap, and joining and leaving cost a few writes.
type timeline struct {
	allowed time.Duration
	ends    timer // the list is a ring, and this where it closes
}

// A timer is a place on a timeline. The zero timer is on none.
type timer struct {
	conn           *conn
	at             time.Duration // when it runs out
	previous, next *timer
}

func newTimeline(allowed time.Duration) *timeline {
	t := &timeline{allowed: allowed}
	t.ends.previous, t.ends.next = &t.ends, &t.ends
	return t
}

// join puts a timer that is on no timeline at the end.
func (t *timeline) join(timer *timer, now time.Duration) {
	timer.at = now + t.allowed
	timer.previous, timer.next = t.ends.previous, &t.ends
	timer.previous.next, t.ends.previous = timer, timer
}

// leave takes the timer off its timeline, if it is on one.
func (t *timer) leave() {
	if t.next == nil {
		return
	}
	t.previous.next, t.next.previous = t.next, t.previous
	t.previous, t.next = nil, nil
}

// first returns the timer that runs out first, or nil.
func (t *timeline) first() *timer {
	if t.ends.next == &t.ends {
		return nil
	}
	return t.ends.next
}
