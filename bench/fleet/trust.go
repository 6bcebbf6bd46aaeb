package fleet

import (
	"fmt"
	"slices"
	"time"

	"sweetspot/bench"
	"sweetspot/results"
)

// What is said of an agent.
const (
	longestStill = 250 * time.Millisecond // that it may stand still in a window
	slower       = 1.5                    // times as long that it may take for a request as the fastest
	enough       = 30                     // requests of the fastest, from which it shows how long they take
)

// distrust returns what speaks against the part of a machine: it stood still, or it differs from the first, or not all agents have one.
// The texts follow the machine's name.
func (t *trial) distrust(m machine, a finishAnswer) []results.Warning {
	var found []results.Warning
	if a.Stood > longestStill {
		found = append(found, results.Warningf(results.AgentStalled, "the agent stood still for %.2g s", a.Stood.Seconds()).
			With("seconds", a.Stood.Seconds()))
	}
	first := t.machines[0]
	for _, how := range t.session.differs(m) {
		found = append(found, results.Warningf(results.AgentDiffers, "the agent differs from %s: %s", first.name, how))
	}
	if _, all := t.session.opened(); len(t.machines) < len(all) && m.member == first.member {
		found = append(found, results.Warningf(results.FewerAgents, "it is one of only %d of the %d agents that made requests, since there was work for no more", len(t.machines), len(all)).
			With("agents", float64(len(t.machines))))
	}
	return found
}

// compareSpeeds says of each part that is much slower than the fastest. It is for closed loops without a rate: in others all are as
// fast as they are asked to be, and how many requests are due is random.
func compareSpeeds(parts []bench.Part) {
	var fastest float64
	name := ""
	for _, p := range parts {
		if speed := speedOf(p); speed > fastest && p.Measurement.Counts.Completed() >= enough {
			fastest, name = speed, p.Name
		}
	}
	for i, p := range parts {
		if speed := speedOf(p); fastest > slower*speed {
			parts[i].Warnings = append(p.Warnings, results.Warningf(results.AgentSlower,
				"the agent took %.2g times as long for a request as %s: it or its way to the target is slower", fastest/speed, name).With("ratio", fastest/speed))
		}
	}
}

// speedOf returns how many requests ended per second in each slot of a part, as if one had if none did.
func speedOf(p bench.Part) float64 {
	n := max(1, p.Measurement.Counts.Completed())
	return float64(n) / float64(max(1, p.Limit)) / p.Measurement.Elapsed.Seconds()
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
