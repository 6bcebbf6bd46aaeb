package fleet

import (
	"context"
	"fmt"
	"time"

	"sweetspot/bench"
)

// now returns the time on the fleet's clock, which runs evenly whatever becomes of the time of day.
func (f *Fleet) now() time.Duration { return time.Since(f.began) }

// How often beats are sent: several in a lease, so that a lost one does not cost it, and so often that nobody waits long for one.
const (
	beatsPerLease = 10
	longestBeat   = 250 * time.Millisecond
)

// beatGap returns the time from one beat to the next.
func beatGap(lease time.Duration) time.Duration { return min(lease/beatsPerLease, longestBeat) }

// beat sends a beat several times per lease, and takes agents for lost that it has not heard of for a lease, until ctx ends.
func (f *Fleet) beat(ctx context.Context) {
	ticker := time.NewTicker(beatGap(f.options.Lease))
	defer ticker.Stop()
	for {
		f.ping()
		f.loseSilent()
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// ping sends a beat.
func (f *Fleet) ping() {
	f.mu.Lock()
	f.seq++
	b := beat{f.id, f.seq, protocol, f.options.Version, f.options.Lease, f.wants()}
	f.sent[b.Seq%uint64(len(f.sent))] = f.now()
	f.mu.Unlock()
	_ = f.links.pulse.publish(b, "beat") // the next one follows soon
}

// hear takes an agent's answer to a beat. The offset of its clock is that of the moment in the middle of the fastest round trip: it is
// wrong by at most half of it, if all of the trip was spent on one way (Cristian, 1989).
func (f *Fleet) hear(p pulse) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.now()
	for _, m := range f.members {
		if m.joined.From != p.From {
			continue
		}
		if m.life.Err() != nil { // it does not know yet that it was lost, or that the fleet is being closed, of which a farewell says more
			if context.Cause(m.life) == errClosed {
				return
			}
			_ = f.links.pulse.publish(farewell{f.id}, p.From, "dismissal")
			return
		}
		m.heard = now
		if p.Seq > f.seq || f.seq-p.Seq >= uint64(len(f.sent)) {
			return // too old to know when it was sent
		}
		sent := f.sent[p.Seq%uint64(len(f.sent))]
		if trip := now - sent; m.samples == 0 || trip < m.trip {
			m.trip, m.offset = trip, p.Clock-(sent+trip/2)
		}
		m.samples++
	}
}

// loseSilent takes agents for lost that have not been heard of for a lease.
func (f *Fleet) loseSilent() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, m := range f.members {
		if silent := f.now() - m.heard; silent > f.options.Lease && m.life.Err() == nil {
			f.lost(m, fmt.Sprintf("it has not been heard of for %v", f.options.Lease))
		}
	}
}

// lost takes an agent for lost. The caller holds mu.
func (f *Fleet) lost(m *member, why string) {
	if m.life.Err() != nil {
		return
	}
	m.lose(fmt.Errorf("%w: agent %s was lost: %s", bench.ErrVoid, m.name, why))
	f.options.Log(fmt.Sprintf("agent %s was lost: %s", m.name, why))
}

// How clocks are measured: a few round trips, since the fastest of them is the one that was not held up.
const (
	trips    = 5
	tripsGap = 2 * time.Millisecond
)

// synchronise measures the offsets of the machines' clocks anew. Its error says which of them was lost.
func (f *Fleet) synchronise(ctx context.Context, machines []machine) error {
	f.mu.Lock()
	for _, m := range machines {
		m.samples = 0
	}
	f.mu.Unlock()
	for range trips {
		f.ping()
		if pause(ctx, tripsGap) != nil {
			return context.Cause(ctx)
		}
	}
	return each(machines, func(_ int, m machine) error {
		life, cancel := m.alive(ctx)
		defer cancel()
		return until(life, func() bool {
			f.mu.Lock()
			defer f.mu.Unlock()
			return m.samples >= trips
		})
	})
}

// A machine is a member as long as it is the same instance of an agent.
type machine struct {
	*member
	instance string
	life     context.Context // ends when the agent is lost, which is its cause
}

// machine returns the member's instance of now.
func (m *member) machine() machine {
	m.fleet.mu.Lock()
	defer m.fleet.mu.Unlock()
	return machine{m, m.joined.From, m.life}
}

// alive returns a context that ends with ctx or when the agent is lost, which is its cause then.
func (m machine) alive(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(m.life, func() { cancel(context.Cause(m.life)) })
	return ctx, func() { stop(); cancel(context.Canceled) }
}
