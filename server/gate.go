package server

import (
	"math"
	"sync"
	"time"

	"sweetspot/server/capacity"
	"sweetspot/server/station"
)

// A gate holds requests until the station says that they are done. It is the station's clock: one goroutine and one
// alarm for all who wait, and every arrival moves the station on as well.
type gate struct {
	start time.Time
	alarm *alarm
	done  sync.WaitGroup // the goroutine

	mu      sync.Mutex // guards what follows
	station *station.Station
	rings   float64 // when the alarm will ring, in seconds since start
	shut    bool
}

func openGate(m capacity.Model) (*gate, error) {
	alarm, err := newAlarm()
	if err != nil {
		return nil, err
	}
	g := &gate{start: time.Now(), alarm: alarm, station: station.New(m), rings: math.Inf(1)}
	g.done.Go(g.run)
	return g, nil
}

// run releases whoever is due each time the alarm rings.
func (g *gate) run() {
	for g.alarm.wait() {
		g.mu.Lock()
		g.rings = math.Inf(1)
		g.station.Advance(g.now())
		g.wind()
		g.mu.Unlock()
	}
}

// pass waits until w has been delayed (for seconds) and served (work, 1 on average), or was turned back.
func (g *gate) pass(w *waiter, delay, work float64) station.Result {
	g.mu.Lock()
	if g.shut {
		g.mu.Unlock()
		return station.Canceled
	}
	g.station.Enter(g.now(), &w.visit, delay, work)
	g.wind()
	g.mu.Unlock()
	return <-w.result
}

// turnBack ends w's wait, if it waits.
func (g *gate) turnBack(w *waiter) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.station.Cancel(g.now(), &w.visit)
	g.wind()
}

// admitNobody turns back whoever comes from now on. Those who wait go on waiting.
func (g *gate) admitNobody() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shut = true
}

// close stops the goroutine. Nobody must be waiting, and the gate must not be used any more.
func (g *gate) close() {
	g.mu.Lock()
	g.alarm.close() // under the lock, so that run is not about to set it
	g.mu.Unlock()
	g.done.Wait()
}

// wind sets the alarm to the next event. An alarm that rings too early does no harm, so it is only ever brought
// forward, which spares most arrivals the system call.
func (g *gate) wind() {
	next := g.station.Next()
	if next >= g.rings {
		return
	}
	g.rings = next
	wait := next - g.now()
	g.alarm.set(time.Duration(min(wait, time.Hour.Seconds()) * float64(time.Second)))
}

// now returns the seconds since the gate opened.
func (g *gate) now() float64 { return time.Since(g.start).Seconds() }

// A waiter is a connection's place at the gate, used again by each of its requests.
type waiter struct {
	visit  station.Visit
	result chan station.Result
}

func newWaiter() *waiter {
	w := &waiter{result: make(chan station.Result, 1)} // the gate does not wait for the waiter
	w.visit.Done = func(_ float64, v station.Result) { w.result <- v }
	return w
}
