package eventloop

import "time"

// A timeline holds timers in the order in which they expire. All timers of a timeline run for the same duration, so the one
// that joins last expires last. No heap is necessary: a list is enough, and to join and to leave it costs a few writes.
type timeline[Owner any] struct {
	duration time.Duration
	ring     timer[Owner] // the list is a ring, and this is where it begins and ends
}

// A timer is a place on a timeline. The zero timer is on none.
type timer[Owner any] struct {
	owner          Owner
	at             time.Duration // when it expires, on the loop's clock
	previous, next *timer[Owner]
}

func newTimeline[Owner any](duration time.Duration) *timeline[Owner] {
	t := &timeline[Owner]{duration: duration}
	t.ring.previous, t.ring.next = &t.ring, &t.ring
	return t
}

// join appends a timer that is on no timeline.
func (t *timeline[Owner]) join(timer *timer[Owner], now time.Duration) {
	timer.at = now + t.duration
	timer.previous, timer.next = t.ring.previous, &t.ring
	timer.previous.next, t.ring.previous = timer, timer
}

// replace takes the place of another timer, which is on none then.
func (t *timer[Owner]) replace(other *timer[Owner]) {
	t.at, t.previous, t.next = other.at, other.previous, other.next
	t.previous.next, t.next.previous = t, t
	other.previous, other.next = nil, nil
}

// leave removes the timer from its timeline, if it is on one.
func (t *timer[Owner]) leave() {
	if t.next == nil {
		return
	}
	t.previous.next, t.next.previous = t.next, t.previous
	t.previous, t.next = nil, nil
}

// first returns the timer that expires first, or nil.
func (t *timeline[Owner]) first() *timer[Owner] {
	if t.ring.next == &t.ring {
		return nil
	}
	return t.ring.next
}

// due returns when the first timer expires.
func (t *timeline[Owner]) due() time.Duration {
	if first := t.first(); first != nil {
		return first.at
	}
	return never
}

// expired returns the owner of the first timer, if it has expired. The owner removes the timer.
func (t *timeline[Owner]) expired(now time.Duration) (owner Owner, is bool) {
	if first := t.first(); first != nil && first.at <= now {
		return first.owner, true
	}
	return owner, false
}
