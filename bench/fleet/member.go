package fleet

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"slices"
	"time"

	"sweetspot/results"
)

// A Member is what is known of an agent that has joined.
type Member struct {
	Name      string
	Version   string // of the program
	Machine   results.Machine
	Offset    time.Duration // of its clock from the coordinator's, by the fastest round trip of the latest measurement
	RoundTrip time.Duration // the fastest; the Offset is wrong by at most half of it
	Addresses []string      // of the target, as the agent has found out; empty before [Fleet.Reach]
	Lost      bool          // whether it is not heard of at the moment
}

// A member is an agent's place in the fleet. The fleet's mu guards what may change.
type member struct {
	fleet   *Fleet
	name    string
	joined  hello           // the latest
	life    context.Context // of the agent with that instance; its cause says why it was lost
	lose    context.CancelCauseFunc
	heard   time.Duration // when it was last heard of, on the fleet's clock
	samples int           // round trips since the measurement began
	trip    time.Duration // the fastest of them
	offset  time.Duration // of the clock, by that one

	addresses []string
}

// Members returns the agents that have joined, ordered by name once the fleet is complete.
func (f *Fleet) Members() []Member {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []Member
	for _, m := range f.members {
		all = append(all, Member{m.name, m.joined.Version, m.joined.Machine, m.offset, m.trip, slices.Clone(m.addresses), m.life.Err() != nil})
	}
	return all
}

// hello returns how the member introduced itself.
func (m *member) hello() hello {
	m.fleet.mu.Lock()
	defer m.fleet.mu.Unlock()
	return m.joined
}

func compareFiles(a, b Member) int { return cmp.Compare(a.Machine.OpenFiles, b.Machine.OpenFiles) }

// wants reports whether there is a place for an agent. The caller holds mu.
func (f *Fleet) wants() bool {
	return len(f.members) < f.options.Agents || slices.ContainsFunc(f.members, func(m *member) bool { return m.life.Err() != nil })
}

// welcome decides whether an agent may join, and has it join.
func (f *Fleet) welcome(h hello) welcome {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case h.Protocol != protocol || h.Version != f.options.Version:
		err := fmt.Errorf("%w: agent %s has %s, and the coordinator %s: want the same", ErrVersion, h.Name, h.Version, f.options.Version)
		f.note("agent "+h.Name, fmt.Sprintf("%v: it has %s, and this is %s", ErrVersion, h.Version, f.options.Version))
		return welcome{Refused: failureOf(err)}
	}
	at := slices.IndexFunc(f.members, func(m *member) bool { return m.name == h.Name })
	switch {
	case at >= 0 && f.members[at].joined.From == h.From && f.members[at].life.Err() == nil:
		return welcome{} // it asks again, since it has not had the answer
	case at >= 0 && f.members[at].life.Err() == nil:
		f.note("agent "+h.Name, "another agent has the name")
		return welcome{Refused: failureOf(fmt.Errorf("%w: another agent has the name %s: want a name of its own for each", ErrRefused, h.Name)), Again: true}
	case at >= 0:
		f.enter(f.members[at], h)
		f.options.Log(fmt.Sprintf("agent %s is back", h.Name))
	case len(f.members) == f.options.Agents:
		f.note("agent "+h.Name, "there were enough")
		return welcome{Refused: failureOf(fmt.Errorf("%w: the coordinator has the %d agents that it wants", ErrRefused, f.options.Agents))}
	default:
		m := &member{fleet: f, name: h.Name}
		f.enter(m, h)
		f.members = append(f.members, m)
		f.options.Log(fmt.Sprintf("agent %s has joined: %d of %d", h.Name, len(f.members), f.options.Agents))
	}
	return welcome{}
}

// enter gives a place to an agent. The caller holds mu.
func (f *Fleet) enter(m *member, h hello) {
	m.joined, m.heard, m.samples, m.addresses = h, f.now(), 0, nil
	m.life, m.lose = context.WithCancelCause(context.Background())
}

// refuse notes who could not join, and why.
func (f *Fleet) refuse(who, why string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.note(who, why)
}

// refuseAddress notes a connection that had another token. It is named by its host, since the port differs each time.
func (f *Fleet) refuseAddress(address string) {
	if host, _, err := net.SplitHostPort(address); err == nil {
		address = host
	}
	f.refuse(address, ErrToken.Error())
}

// mostRefusals is how many of those who could not join are kept.
const mostRefusals = 16

// note is refuse for a caller that holds mu. An agent that tries again and again is noted once.
func (f *Fleet) note(who, why string) {
	text := who + " (" + why + ")"
	if slices.Contains(f.refusals, text) || len(f.refusals) == mostRefusals {
		return
	}
	f.refusals = append(f.refusals, text)
	f.options.Log("refused " + who + ": " + why)
}

// leave takes an agent for lost that says that it ends.
func (f *Fleet) leave(gone farewell) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, m := range f.members {
		if m.joined.From == gone.From {
			f.lost(m, "it was ended")
		}
	}
}
