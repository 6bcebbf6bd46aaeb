package fleet

import (
	"time"

	"sweetspot/bench"
)

// expect keeps what agents report of a trial, until the function is called that it returns.
func (f *Fleet) expect(trial string) (forget func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.notes[trial] = map[string]note{}
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.notes, trial)
	}
}

// take keeps what an agent reports of a trial under way.
func (f *Fleet) take(n note) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if of, underway := f.notes[n.Trial]; underway {
		of[n.From] = n
	}
}

// notes returns the latest report of each machine; an empty one if there is none.
func (t *trial) notes() []note {
	t.fleet.mu.Lock()
	defer t.fleet.mu.Unlock()
	all := make([]note, len(t.machines))
	for i, m := range t.machines {
		all[i] = t.fleet.notes[t.id][m.instance]
	}
	return all
}

// every reports whether something holds of the latest report of each machine.
func (t *trial) every(holds func(note) bool) bool {
	for _, n := range t.notes() {
		if !holds(n) {
			return false
		}
	}
	return true
}

// warm reports whether a machine has filled its slots, or never will.
func warm(n note) bool { return n.Warm || n.Over }

// machinesFor returns the machines that have a part in the order: fewer than there are, if its limit is smaller.
func (s *session) machinesFor(o bench.Order) []machine {
	_, all := s.opened()
	return all[:o.Machines(len(all))]
}

// How far in advance the instant is set at which all machines do something: so far that the message is there before, also on a busy
// machine.
const (
	shortestNotice = 100 * time.Millisecond
	longestNotice  = 2 * time.Second
)

// soon returns an instant to come, of which every machine can be given notice in time, if that takes no longer than the call before.
func (t *trial) soon() time.Duration {
	t.fleet.mu.Lock()
	defer t.fleet.mu.Unlock()
	notice := max(t.fleet.notice, min(t.took, longestNotice))
	for _, m := range t.machines {
		notice = max(notice, shortestNotice+2*m.trip)
	}
	return t.fleet.now() + notice
}

// delay gives machines twice the notice from now on, since one of them was late.
func (f *Fleet) delay() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.notice = min(2*max(f.notice, shortestNotice), longestNotice)
}

// A reading is of an agent's clock.
type reading struct{ offset, trip time.Duration }

// clock returns the latest reading of the machine's clock.
func (m *member) clock() reading {
	m.fleet.mu.Lock()
	defer m.fleet.mu.Unlock()
	return reading{m.offset, m.trip}
}
