package fleet

import (
	"fmt"
	"slices"
	"time"

	"sweetspot/results"
)

// longestStill is how long an agent may stand still in a window until that is said.
const longestStill = 250 * time.Millisecond

// distrust returns what speaks against the part of a machine: it stood still, or it differs from the first.
func (t *trial) distrust(m machine, a finishAnswer) []results.Warning {
	var found []results.Warning
	if a.Stood > longestStill {
		found = append(found, results.Warningf(results.AgentStalled, "agent %s stood still for %.2g s of the trial", m.name, a.Stood.Seconds()).
			With("seconds", a.Stood.Seconds()))
	}
	for _, how := range t.session.differs(m) {
		found = append(found, results.Warningf(results.AgentDiffers, "agent %s differs from %s: %s", m.name, t.machines[0].name, how))
	}
	if n, all := len(t.machines), len(t.session.all()); n < all && m.member == t.machines[0].member {
		found = append(found, results.Warningf(results.FewerAgents, "%d of the %d agents made requests, since there was work for no more", n, all).
			With("agents", float64(n)))
	}
	return found
}

// differs returns in what a machine differs from the first of those that the session is open on.
func (s *session) differs(m machine) []string {
	s.mu.Lock()
	at := slices.IndexFunc(s.machines, func(other machine) bool { return other.member == m.member })
	first, version, firstVersion := s.machines[0], s.versions[at], s.versions[0]
	s.mu.Unlock()
	s.fleet.mu.Lock()
	defer s.fleet.mu.Unlock()
	var found []string
	if version != firstVersion {
		found = append(found, fmt.Sprintf("it has %s, and not %s", version, firstVersion))
	}
	if own, other := m.joined.Machine.Go, first.joined.Machine.Go; own != other {
		found = append(found, fmt.Sprintf("it was built by %s, and not %s", own, other))
	}
	for i, own := range m.addresses {
		if i < len(first.addresses) && own != first.addresses[i] {
			found = append(found, fmt.Sprintf("for it %s, and for the other %s", own, first.addresses[i]))
		}
	}
	return found
}

// all returns the machines that the session is open on.
func (s *session) all() []machine {
	_, machines := s.opened()
	return machines
}
