package ports

import (
	"context"
	"net"
	"net/url"
	"time"
)

// A Watch keeps the strategies of a run from paying for the ports that others took. The nil Watch, of a machine whose ports are
// not known, does nothing.
type Watch struct {
	supply  Supply
	waiting func() int // how many ports are taken by closed connections to the target
	opened  int        // connections that may still be among them
}

// NewWatch returns the watch of a run whose first URL is given; nil if the machine's ports are not known.
func NewWatch(first string) *Watch {
	port := Of(first)
	supply, err := Read(loopback(first))
	if err != nil || port == 0 {
		return nil
	}
	return &Watch{supply: supply, waiting: func() int { return Waiting(port) }}
}

// loopback reports whether a URL's host is plainly on the loopback interface.
func loopback(text string) bool {
	u, err := url.Parse(text)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// Ports returns how many ports there are.
func (w *Watch) Ports() int { return w.supply.Ports }

// Short returns how many ports are needed if that is more than there are, else 0. Trials each open that many connections, one
// trial after the other. If a port is soon free again, trials do not add up.
func (w *Watch) Short(each, trials int) int {
	if w == nil {
		return 0
	}
	needed := each
	if w.supply.Lifetime > reuseAfter {
		needed *= trials
	}
	if needed <= w.supply.Ports {
		return 0
	}
	return needed
}

// Opened notes that a trial has opened that many connections.
func (w *Watch) Opened(connections int) {
	if w != nil {
		w.opened += connections
	}
}

// share of the ports that may be taken when a strategy begins: the others are enough for most trials.
const share = 0.5

// Taken returns how many ports are taken by closed connections, if that is too many for the next strategy to begin; else 0.
func (w *Watch) Taken() int {
	if w == nil || float64(w.opened) <= share*float64(w.supply.Ports) {
		return 0 // reading the tables takes a while
	}
	taken := w.waiting()
	if float64(taken) <= share*float64(w.supply.Ports) {
		w.opened = taken
		return 0
	}
	return taken
}

// exhausted is the share of the ports, taken by closed connections, from which none may be free.
const exhausted = 0.9

// Exhausted reports whether nearly all ports are taken by closed connections of the latest trials.
func (w *Watch) Exhausted() bool {
	return w != nil && float64(w.opened) >= exhausted*float64(w.supply.Ports) && float64(w.waiting()) >= exhausted*float64(w.supply.Ports)
}

// poll is how often the ports that are taken are counted.
const poll = 250 * time.Millisecond

// Await waits until enough ports are free, for as long as a port stays taken and a little more, or until ctx ends.
func (w *Watch) Await(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, w.supply.Lifetime+w.supply.Lifetime/10)
	defer cancel()
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	for w.Taken() > 0 {
		select {
		case <-ctx.Done():
			w.opened = 0 // the system uses them again, although it still lists them
			return
		case <-ticker.C:
		}
	}
}
