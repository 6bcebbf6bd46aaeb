package fleet

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"sweetspot/bench"
)

// A trial is one that is under way on the agents.
type trial struct {
	fleet    *Fleet
	session  *session
	order    bench.Order
	id       string
	machines []machine     // that make its requests
	opens    time.Duration // when its window opens, on the fleet's clock; 0 before it is set
	took     time.Duration // until all of them had done the latest call
}

// Measure implements [bench.Remote].
func (s *session) Measure(ctx context.Context, order bench.Order, progress func(share float64)) (*bench.Measurement, error) {
	if err := s.refresh(ctx); err != nil {
		return nil, err
	}
	t := &trial{fleet: s.fleet, session: s, order: order, id: randomText(instanceBytes)}
	t.machines = s.machinesFor(order)
	defer s.fleet.expect(t.id)()
	together, cancel := t.together(ctx)
	defer cancel()
	err := t.drive(together, progress)
	if err != nil {
		return t.cutShort(ctx, err)
	}
	parts, err := t.finish(together, t.machines)
	if err != nil {
		return t.cutShort(ctx, err)
	}
	return t.merge(parts)
}

// together returns a context that ends with ctx, when the session is closed, or when one of the machines is lost, which is its cause
// then.
func (t *trial) together(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	stops := []func() bool{context.AfterFunc(t.session.ctx, func() { cancel(context.Cause(t.session.ctx)) })}
	for _, m := range t.machines {
		stops = append(stops, context.AfterFunc(m.life, func() { cancel(context.Cause(m.life)) }))
	}
	return ctx, func() {
		for _, stop := range stops {
			stop()
		}
		cancel(context.Canceled)
	}
}

// drive takes the trial from its warm-up to the end of its window. First all agents fill their slots; when the last has, one instant
// to come is set for all, at which the window opens.
func (t *trial) drive(ctx context.Context, progress func(share float64)) error {
	if err := t.fleet.synchronise(ctx, t.machines); err != nil {
		return err
	}
	if err := t.prepare(ctx); err != nil {
		return err
	}
	if err := t.all(ctx, t.machines, callBegin, 0); err != nil {
		return err
	}
	if err := until(ctx, func() bool { progress(0); return t.every(warm) }); err != nil {
		return err
	}
	if err := t.open(ctx); err != nil {
		return err
	}
	if err := until(ctx, func() bool { return t.measured(progress) }); err != nil {
		return err
	}
	if t.order.Load.Requests > 0 { // which is over by itself
		return nil
	}
	return t.all(ctx, t.machines, callShut, t.soon())
}

// prepare gives each machine its part.
func (t *trial) prepare(ctx context.Context) error {
	load, err := t.fleet.load(t.order.Load)
	if err != nil {
		return err
	}
	id, _ := t.session.opened()
	return each(t.machines, func(i int, m machine) error {
		_, err := ask[done](ctx, m, callPrepare, prepareQuestion{
			Trial: t.id, Session: id, Load: load, Numbers: numbersOf(t.order.Load), Limit: t.order.Limit, Index: i, Of: len(t.machines),
		})
		return err
	})
}

// all has each machine do something, at an instant of the fleet's clock that it is given in its own. 0 is at once.
func (t *trial) all(ctx context.Context, machines []machine, kind string, at time.Duration) error {
	began := time.Now()
	defer func() { t.took = time.Since(began) }()
	return each(machines, func(_ int, m machine) error {
		q := trialQuestion{Trial: t.id}
		if at > 0 {
			q.At = at + m.clock().offset
		}
		_, err := ask[done](ctx, m, kind, q)
		return err
	})
}

// open sets when the window opens. A machine that is too late for it voids the trial, and the next is given more time.
func (t *trial) open(ctx context.Context) error {
	opens := t.soon()
	err := each(t.machines, func(_ int, m machine) error {
		a, err := ask[windowAnswer](ctx, m, callWindow, trialQuestion{t.id, opens + m.clock().offset})
		if err == nil && a.Late > bench.Latest {
			t.fleet.delay()
			err = fmt.Errorf("%w: agent %s was late by %v", bench.ErrLate, m.name, a.Late.Round(time.Millisecond))
		}
		return err
	})
	t.opens = opens
	return err
}

// measured reports whether enough was measured: all that was asked for; or a session has ended by itself; or there is no use in going
// on, since every request fails.
func (t *trial) measured(progress func(share float64)) bool {
	since := t.fleet.now() - t.opens
	if since < 0 {
		progress(0)
		return false
	}
	over := 0
	ended := int64(0)
	for _, n := range t.notes() {
		ended += n.Ended
		if n.Over {
			over++
		}
	}
	share := t.order.Done(since, ended)
	progress(min(share, 1))
	if t.order.Load.Requests > 0 {
		return over == len(t.machines)
	}
	return share >= 1 || over > 0 || t.every(func(n note) bool { return n.Hopeless })
}

// finish returns what each of the machines has measured.
func (t *trial) finish(ctx context.Context, machines []machine) ([]bench.Part, error) {
	found := make([]*bench.Part, len(machines))
	err := each(machines, func(i int, m machine) error {
		a, err := ask[finishAnswer](ctx, m, callFinish, trialQuestion{Trial: t.id})
		if err == nil && a.Measurement != nil {
			found[i], err = t.part(ctx, m, a)
		}
		return err
	})
	var parts []bench.Part
	for _, p := range found {
		if p != nil {
			parts = append(parts, *p)
		}
	}
	return parts, err
}

// part returns the part of a machine.
func (t *trial) part(ctx context.Context, m machine, a finishAnswer) (*bench.Part, error) {
	ctx, cancel := m.alive(ctx)
	defer cancel()
	data, err := t.fleet.contents.fetch(ctx, m.instance, *a.Measurement)
	if err != nil {
		return nil, err
	}
	p := &bench.Part{Name: m.name, Measurement: &bench.Measurement{}, Skew: m.clock().trip / 2}
	if err := json.Unmarshal(data, p.Measurement); err != nil {
		return nil, fmt.Errorf("agent %s: measurement: %w", m.name, err)
	}
	at := slices.IndexFunc(t.machines, func(other machine) bool { return other.member == m.member })
	p.Limit = t.order.Share(at, len(t.machines)).Limit
	p.Warnings = t.distrust(m, a)
	return p, nil
}

// merge returns the sum of the parts.
func (t *trial) merge(parts []bench.Part) (*bench.Measurement, error) {
	if t.order.Load.Rate == 0 {
		compareSpeeds(parts)
	}
	m, err := bench.Merge(t.fleet.began.Add(t.opens), parts)
	if errors.Is(err, bench.ErrVoid) {
		t.fleet.delay()
	} else {
		t.fleet.relax()
	}
	return m, err
}

// cutTime is how long the rest of a trial that is cut short may take.
const cutTime = 2 * time.Second

// cutShort ends the trial because ctx has ended, or because of err, and returns what was measured by then.
func (t *trial) cutShort(ctx context.Context, err error) (*bench.Measurement, error) {
	left := slices.DeleteFunc(slices.Clone(t.machines), func(m machine) bool { return m.life.Err() != nil })
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), cutTime)
	defer cancel()
	if t.opens > 0 && t.order.Load.Requests == 0 {
		shut := t.soon()
		_ = t.all(within, left, callShut, shut) // who does not hear it hears the next
		_ = pause(within, shut-t.fleet.now())
	}
	_ = t.all(within, left, callStop, 0)
	parts, _ := t.finish(within, left)
	if ctx.Err() == nil && !errors.Is(err, bench.ErrVoid) {
		return nil, err
	}
	if ctx.Err() != nil {
		err = nil
	}
	if len(parts) == 0 {
		return nil, err
	}
	m, late := t.merge(parts)
	return m, cmp.Or(err, late)
}
