package arrivals

import (
	"context"
	"math"
	"sync"
	"sync/atomic"
	"time"
)

// A Source hands out the arrivals of one trial, in order, each when it is due or as soon as somebody is free to take it. It is safe
// for concurrent use. All times are on the clock that [Open] was given.
type Source struct {
	kind  Kind
	rate  float64
	seed  uint64
	now   func() time.Duration
	limit int64
	most  int64
	delay time.Duration

	mu      sync.Mutex
	next    func() time.Duration
	claimed int64
	began   time.Duration // when the first arrival was claimed, which is when the arrivals begin

	turn  chan struct{} // holds a token while somebody waits for the next arrival
	alarm alarm         // of whoever has the token

	inFlight  atomic.Int64
	fullUntil atomic.Int64 // when a slot last became free although none had been
}

// Open returns the source of the first most arrivals of a kind, at rate per second, for at most limit requests in flight. They
// begin when the first of them is asked for. Close must be called in the end.
func Open(kind Kind, rate float64, seed uint64, most int64, limit int, now func() time.Duration) *Source {
	return &Source{
		kind: kind, rate: rate, seed: seed, now: now, limit: int64(limit), most: most,
		next: kind.Times(rate, seed), turn: make(chan struct{}, 1), alarm: newAlarm(),
	}
}

// Delay has the arrivals begin that much after the first of them was asked for. It must be called before that.
func (s *Source) Delay(d time.Duration) { s.delay = d }

// Close frees what the source needs to wait. Nobody may be waiting.
func (s *Source) Close() { s.alarm.close() }

// An Arrival is one request that is due.
type Arrival struct {
	Index int64         // from 0, in the order in which they are due
	Due   time.Duration // may be in the future, for whoever claims it
}

// Claim takes the next arrival, whether or not it is due yet. It returns false if none is left.
func (s *Source) Claim() (Arrival, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch s.claimed {
	case s.most:
		return Arrival{}, false
	case 0:
		s.began = s.now() + s.delay
	}
	s.claimed++
	return Arrival{s.claimed - 1, s.after(s.next())}, true
}

// after returns the time that long after the arrivals began.
func (s *Source) after(d time.Duration) time.Duration {
	if d > math.MaxInt64-s.began {
		return math.MaxInt64
	}
	return s.began + d
}

// Take claims the next arrival and waits until it is due. Of several callers one waits for the time, and the others for their
// turn, so that one wake-up at the right time is enough, however many slots are free. It returns false if none is left, or if ctx
// ends first.
func (s *Source) Take(ctx context.Context) (Arrival, bool) {
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return Arrival{}, false
	}
	defer func() { <-s.turn }()
	if ctx.Err() != nil { // select picks at random when both are ready
		return Arrival{}, false
	}
	a, left := s.Claim()
	return a, left && s.wait(ctx, a.Due)
}

// wait returns true when it is that time, and false if ctx ends first.
func (s *Source) wait(ctx context.Context, until time.Duration) bool {
	left := until - s.now()
	if left <= 0 {
		return true
	}
	timer := time.NewTimer(left)
	defer timer.Stop()
	s.alarm.set(until - s.now())
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// NoSlot is what Begin returns for a request that is handed on although no slot is free, to wait elsewhere.
const NoSlot time.Duration = math.MaxInt64

// Begin notes that a request begins. It returns from when on that has been possible: when the request was due, or when a slot
// became free, if none had been.
func (s *Source) Begin(due time.Duration) (possible time.Duration) {
	if s.inFlight.Add(1) > s.limit {
		return NoSlot
	}
	return max(due, time.Duration(s.fullUntil.Load()))
}

// End notes that a request has ended.
func (s *Source) End() {
	if s.inFlight.Load() >= s.limit { // before the slot is free, so that whoever takes it sees the time
		s.fullUntil.Store(int64(s.now()))
	}
	s.inFlight.Add(-1)
}

// Due calls visit with each arrival that is due at from or later and before to, in order, whether or not it was claimed.
func (s *Source) Due(from, to time.Duration, visit func(Arrival)) {
	next := s.kind.Times(s.rate, s.seed)
	for i := range s.most {
		due := s.after(next())
		if due >= to {
			return
		}
		if due >= from {
			visit(Arrival{i, due})
		}
	}
}
