package fleet

import "time"

// WithEpoch returns the options for an agent whose clock counts from that time.
func (o AgentOptions) WithEpoch(t time.Time) AgentOptions { o.epoch = t; return o }

// EndAgents is the first step of Close.
func (f *Fleet) EndAgents() { f.loseAll() }

// Beats returns how many beats were sent.
func (f *Fleet) Beats() uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.seq
}

// Lose takes an agent for lost.
func (f *Fleet) Lose(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, m := range f.members {
		if m.name == name {
			f.lost(m, "the test says so")
		}
	}
}

// SetAddresses sets what an agent has found out about the target.
func (f *Fleet) SetAddresses(name string, addresses ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, m := range f.members {
		if m.name == name {
			m.addresses = addresses
		}
	}
}
