package server

import (
	"math"
	"sync"
	"time"

	"sweetspot/server/capacity"
	"sweetspot/server/station"
)

// A scheduler runs a station in real time: it holds each request until the station says that its visit has ended. One
// goroutine and one timer serve all waiting requests.
type scheduler struct {
	start time.Time
	timer *timer
	done  sync.WaitGroup // the goroutine

	mu       sync.Mutex // guards the fields below
	station  *station.Station
	expiry   float64 // when the timer will expire, in seconds since start; +Inf if it is not set
	stopping bool
}

func newScheduler(c Config) (*scheduler, error) {
	timer, err := newTimer()
	if err != nil {
		return nil, err
	}
	st := station.New(c.Capacity)
	if capacity.Shared(c.Capacity) {
		st = station.NewChanging(c.Capacity, c.Warming, c.Scar)
	}
	s := &scheduler{start: time.Now(), timer: timer, station: st, expiry: math.Inf(1)}
	s.done.Go(s.run)
	return s, nil
}

// run advances the station each time the timer expires, until close.
func (s *scheduler) run() {
	for s.timer.wait() {
		s.mu.Lock()
		s.expiry = math.Inf(1)
		s.station.Advance(s.now())
		s.setTimer()
		s.mu.Unlock()
	}
}

// wait returns when w has been delayed (delay seconds) and served (work, 1 on average), or rejected, or canceled.
func (s *scheduler) wait(w *waiter, delay, work float64) station.Result {
	s.mu.Lock()
	if s.stopping {
		s.mu.Unlock()
		return station.Canceled
	}
	s.station.Enter(s.now(), &w.visit, delay, work)
	s.setTimer()
	s.mu.Unlock()
	return <-w.result
}

// cancel ends the wait of w. It does nothing if w is not waiting.
func (s *scheduler) cancel(w *waiter) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.station.Cancel(s.now(), &w.visit)
	s.setTimer()
}

// stopEntering makes every later wait return Canceled at once. Waits that have begun continue.
func (s *scheduler) stopEntering() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopping = true
}

// close stops the goroutine. No request may be waiting, and the scheduler must not be used afterwards.
func (s *scheduler) close() {
	s.mu.Lock()
	s.timer.close() // under the lock, because run must not reset a closed timer
	s.mu.Unlock()
	s.done.Wait()
}

// setTimer sets the timer to the station's next event. It only ever moves the timer to an earlier time, which saves
// most arrivals the system call: if the timer expires before an event is due, run sets it again.
func (s *scheduler) setTimer() {
	next := s.station.Next()
	if next >= s.expiry {
		return
	}
	s.expiry = next
	wait := next - s.now()
	s.timer.reset(time.Duration(min(wait, time.Hour.Seconds()) * float64(time.Second)))
}

// now returns the seconds since start.
func (s *scheduler) now() float64 { return time.Since(s.start).Seconds() }

// A waiter is the visit of a connection's current request. It is used again for each request of the connection.
type waiter struct {
	visit  station.Visit
	result chan station.Result
}

func newWaiter() *waiter {
	w := &waiter{result: make(chan station.Result, 1)} // with room for one, so that the scheduler never blocks on it
	w.visit.Done = func(_ float64, result station.Result) { w.result <- result }
	return w
}
