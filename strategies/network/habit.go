package network

import (
	"sync/atomic"
	"time"
)

// A Habit is what is known about how a server treats its connections. Some servers close each connection after its first answer
// without saying so, some time after the answer. A request that is sent in that time is lost, and whether the server has seen it
// cannot be known. So such a server gets only one request per connection, but for a probe now and then.
type Habit struct {
	closed  atomic.Int32 // connections in a row that were closed right after their first answer
	avoided atomic.Int32 // requests that were not sent on a used connection since the latest probe
}

const (
	closedInARow = 3                      // connections that make it a habit
	probeAfter   = 256                    // requests
	rightAfter   = 100 * time.Millisecond // longer, and it was an idle connection that the server closed
)

// Avoids reports whether the server is not to get a second request on a connection.
func (h *Habit) Avoids() bool {
	if h.closed.Load() < closedInARow {
		return false
	}
	if h.avoided.Add(1) > probeAfter {
		h.avoided.Store(0)
		return false
	}
	return true
}

// Notice takes note of a connection that has ended after its first answer and that long an idle time.
func (h *Habit) Notice(idle time.Duration) {
	if idle < rightAfter {
		h.closed.Add(1)
	}
}

// Kept takes note of a connection that has got a second answer.
func (h *Habit) Kept() { h.closed.Store(0) }

// habit returns what is known about the server at an address.
func (n *Network) habit(address string) *Habit {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.habits[address] == nil {
		n.habits[address] = &Habit{}
	}
	return n.habits[address]
}
