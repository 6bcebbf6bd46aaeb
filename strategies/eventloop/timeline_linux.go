package eventloop

import "time"

// A timeline holds timers in the order in which they expire. All timers of a timeline run for the same duration, so the one
// that joins last expires last. No heap is necessary: a list is enough, and to join and to leave it costs a few writes.
type timeline struct {
	duration time.Duration
	ring     timer // the list is a ring, and this is where it begins and ends
}

// A timer is a place on a timeline. The zero timer is on none.
type timer struct {
	conn           *conn
	at             time.Duration // when it expires, on the loop's clock
	previous, next *timer
}

func newTimeline(duration time.Duration) *timeline {
	t := &timeline{duration: duration}
	t.ring.previous, t.ring.next = &t.ring, &t.ring
	return t
}

// join appends a timer that is on no timeline.
func (t *timeline) join(timer *timer, now time.Duration) {
	timer.at = now + t.duration
	timer.previous, timer.next = t.ring.previous, &t.ring
	timer.previous.next, t.ring.previous = timer, timer
}

// leave removes the timer from its timeline, if it is on one.
func (t *timer) leave() {
	if t.next == nil {
		return
	}
	t.previous.next, t.next.previous = t.next, t.previous
	t.previous, t.next = nil, nil
}

// first returns the timer that expires first, or nil.
func (t *timeline) first() *timer {
	if t.ring.next == &t.ring {
		return nil
	}
	return t.ring.next
}
