package fleet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"

	"sweetspot/bench/process"
)

// Serve is an agent: it looks for a coordinator, joins it and makes the requests that it asks for, until the coordinator ends.
//
// An agent that hears nothing of its coordinator for the lease stops its load and looks for a coordinator again, the same or another.
// Serve returns nil when the coordinator has ended, unless the agent is to stay. It returns ctx's error if ctx ends: then the
// coordinator is given notice. Else the error wraps [ErrToken], [ErrVersion] or [ErrRefused] if the coordinator does not take the
// agent, and [ErrNoCoordinator] if none was found for as long as the agent's patience lasts; or it has a line for every option that is
// wrong.
func Serve(ctx context.Context, o AgentOptions) error {
	o = o.withDefaults()
	if err := o.check(); err != nil {
		return fmt.Errorf("agent: %w", err)
	}
	for {
		s, err := seek(ctx, o)
		if err != nil {
			return err
		}
		err = s.serve(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			o.Log(err.Error())
		case !o.Stay:
			o.Log("the coordinator has ended")
			return nil
		}
	}
}

// How an agent looks for a coordinator.
const (
	seekAgain = 250 * time.Millisecond // after an attempt that failed
	beatTime  = 3 * time.Second        // for the first beat of a coordinator
	joinTime  = time.Second            // for the answer to one hello
	taken     = 2                      // leases for which an agent of the same name may be this agent's own past
)

// seek looks for a coordinator and joins it.
func seek(ctx context.Context, o AgentOptions) (*service, error) {
	within := ctx
	if !o.Stay {
		var cancel context.CancelFunc
		within, cancel = context.WithTimeout(ctx, o.Patience)
		defer cancel()
	}
	for said := ""; ; {
		s, err := join(within, o)
		switch {
		case err == nil:
			o.Log("joined the coordinator at " + shown(o.Join))
			return s, nil
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case errors.Is(err, ErrToken), errors.Is(err, ErrVersion), errors.Is(err, ErrRefused):
			return nil, err
		}
		if within.Err() == nil && err.Error() != said {
			said = err.Error()
			o.Log("waiting for a coordinator: " + said)
		}
		if pause(within, seekAgain) != nil {
			return nil, fmt.Errorf("%w within %v: %s", ErrNoCoordinator, o.Patience, cmp.Or(said, err.Error()))
		}
	}
}

// pause waits. If ctx ends first, it returns ctx's error.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// join connects, waits for a coordinator that wants an agent, and asks it.
func join(ctx context.Context, o AgentOptions) (joined *service, err error) {
	l, err := dial{url: o.Join, token: o.Token, tls: o.TLS}.both(o.Name)
	if err != nil {
		return nil, err
	}
	s := newService(o, l)
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if err := listen(l.pulse, func(b beat, _ *nats.Msg) { s.hear(b) }, "beat"); err != nil {
		return nil, err
	}
	select {
	case b := <-s.beats:
		s.accept(b)
	case <-time.After(beatTime):
		return nil, fmt.Errorf("nobody at %s asks for an agent with this token", shown(o.Join))
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err := s.listen(); err != nil {
		return nil, err
	}
	if err := s.introduce(ctx); err != nil {
		s.leave() // the coordinator may have taken it all the same, and the answer was lost
		return nil, err
	}
	return s, nil
}

// introduce asks the coordinator to take the agent, until it has an answer that stays.
func (s *service) introduce(ctx context.Context) error {
	h := hello{s.id, s.options.Name, protocol, s.options.Version, s.options.Machine, process.Machine()}
	for until := time.Now().Add(taken * s.coordinator.Lease); ; {
		within, cancel := context.WithTimeout(ctx, joinTime)
		answer, err := request[welcome](within, s.links.work, h, s.coordinator.From, "join")
		cancel()
		switch {
		case err == nil && answer.Refused == nil:
			return nil
		case err == nil && (!answer.Again || time.Now().After(until)):
			return answer.Refused.err()
		case err != nil && (!errors.Is(err, context.DeadlineExceeded) || time.Now().After(until)):
			return fmt.Errorf("the coordinator at %s does not answer: %w", shown(s.options.Join), err)
		}
		if err := pause(ctx, seekAgain); err != nil {
			if answer.Refused != nil {
				return answer.Refused.err()
			}
			return err
		}
	}
}
