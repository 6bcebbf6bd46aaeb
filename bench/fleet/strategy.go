package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"sweetspot/bench"
	"sweetspot/bench/process"
	"sweetspot/strategies"
)

var _ bench.Remote = (*session)(nil)

// Strategy returns a strategy that is the given one in all but who makes its requests: its sessions are opened on the agents, and
// implement [bench.Remote]. An agent must know a strategy of that name; if one cannot open it, Open says which, and why.
func (f *Fleet) Strategy(s strategies.Strategy) strategies.Strategy { return remote{f, s} }

// remote is a strategy on the agents.
type remote struct {
	fleet *Fleet
	inner strategies.Strategy
}

func (r remote) Name() string                  { return r.inner.Name() }
func (r remote) Doc() string                   { return r.inner.Doc() }
func (r remote) Limit(limit int) int           { return r.inner.Limit(limit) }
func (r remote) Traits() strategies.Traits     { return strategies.TraitsOf(r.inner) }
func (r remote) Protocol() strategies.Protocol { return strategies.ProtocolOf(r.inner) }
func (r remote) SetsNoLimit() bool             { return strategies.SetsNoLimit(r.inner) }

// Unwrap returns the strategy that the agents use.
func (r remote) Unwrap() strategies.Strategy { return r.inner }

// Open implements [strategies.Strategy].
func (r remote) Open(ctx context.Context, t strategies.Target, maxLimit int) (strategies.Session, error) {
	message, err := targetOf(t)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.Name(), err)
	}
	data, err := json.Marshal(message)
	if err != nil {
		return nil, fmt.Errorf("%s: open: %w", r.Name(), err)
	}
	s := &session{fleet: r.fleet, strategy: r.Name(), target: r.fleet.contents.put(data), limit: maxLimit}
	s.ctx, s.cancel = context.WithCancelCause(context.Background())
	if err := s.open(ctx); err != nil {
		s.close()
		return nil, err
	}
	if s.versions[0] == "" {
		return s, nil
	}
	return versioned{s}, nil
}

// machines returns the agents of now.
func (f *Fleet) machines() []machine {
	f.mu.Lock()
	members := append([]*member(nil), f.members...)
	f.mu.Unlock()
	var all []machine
	for _, m := range members {
		all = append(all, m.machine())
	}
	return all
}

// A session is one that is open on the agents. It implements [bench.Remote].
type session struct {
	fleet    *Fleet
	strategy string
	target   content
	limit    int             // the largest of its trials, of all agents
	ctx      context.Context // ends when the session is closed
	cancel   context.CancelCauseFunc
	closing  sync.Once

	mu          sync.Mutex
	id          string
	machines    []machine // those that it is open on
	versions    []string  // of what makes the requests on each, "" if it is not known
	accountable bool      // whether the agents' sessions are: see [strategies.Accountable]
}

// open opens the session on all agents. It waits for those that are lost.
func (s *session) open(ctx context.Context) error {
	if err := s.fleet.allBack(ctx); err != nil {
		return err
	}
	all := s.fleet.machines()
	q := openQuestion{Session: randomText(instanceBytes), Strategy: s.strategy, Target: s.target, Limit: (s.limit + len(all) - 1) / len(all)}
	answers := make([]openAnswer, len(all))
	err := each(all, func(i int, m machine) (err error) {
		answers[i], err = ask[openAnswer](ctx, m, callOpen, q)
		return err
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.id, s.machines, s.versions, s.accountable = q.Session, all, nil, false
	for _, a := range answers {
		s.versions = append(s.versions, a.Version)
		s.accountable = s.accountable || a.Accountable
	}
	return err
}

// opened returns the session's name on the agents, and those that it is open on.
func (s *session) opened() (string, []machine) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.id, s.machines
}

// errRun is returned by Run, which is not called of a [bench.Remote].
var errRun = errors.New("its requests are made by agents")

// Run implements [strategies.Session].
func (s *session) Run(context.Context, int, strategies.Work) error {
	return fmt.Errorf("%s: %w", s.strategy, errRun)
}

// Usage implements [strategies.Session]. What the agents have used is in the [bench.Measurement] of each trial.
func (s *session) Usage() strategies.Usage { return strategies.Usage{} }

// Here implements [bench.Remote].
func (s *session) Here() bool {
	_, machines := s.opened()
	return !slices.ContainsFunc(machines, func(m machine) bool { return m.hello().Host != process.Machine() })
}

// closeTime is how long a session waits until its agents have closed it.
const closeTime = 5 * time.Second

// Close implements [strategies.Session].
func (s *session) Close() error {
	s.closing.Do(func() {
		s.cancel(errors.New("the session was closed"))
		s.close()
	})
	return nil
}

// close has the agents close the session. One that is lost has closed it by itself.
func (s *session) close() {
	ctx, cancel := context.WithTimeout(context.Background(), closeTime)
	defer cancel()
	id, machines := s.opened()
	_ = each(machines, func(_ int, m machine) error {
		_, err := ask[done](ctx, m, callClose, sessionQuestion{id})
		return err
	})
}

// Restore implements [bench.Remote]. It waits until all agents are there, and opens the session on them anew, so that it is in the same
// state on all.
func (s *session) Restore(ctx context.Context) error {
	s.close()
	return s.open(ctx)
}

// refresh opens the session anew if an agent was lost and is back, as it is of a run with several sessions when another one of them
// was restored.
func (s *session) refresh(ctx context.Context) error {
	_, machines := s.opened()
	if !slices.ContainsFunc(machines, func(m machine) bool { return m.life.Err() != nil }) || !s.fleet.complete() {
		return nil
	}
	return s.Restore(ctx)
}

// allBack waits until all agents are there that have joined.
func (f *Fleet) allBack(ctx context.Context) error {
	within, cancel := context.WithTimeout(ctx, f.options.JoinTimeout)
	defer cancel()
	if names := f.missing(); len(names) > 0 {
		f.options.Log(fmt.Sprintf("waiting for %s, at most %v", strings.Join(names, ", "), f.options.JoinTimeout))
	}
	err := until(within, f.complete)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return fmt.Errorf("%s: not back within %v", strings.Join(f.missing(), ", "), f.options.JoinTimeout)
	}
	return nil
}

// missing names the agents that are lost.
func (f *Fleet) missing() []string {
	var names []string
	for _, m := range f.Members() {
		if m.Lost {
			names = append(names, "agent "+m.Name)
		}
	}
	return names
}

// Contradicted implements [strategies.Accountable]: the agents know whether their sessions can be blamed.
func (s *session) Contradicted(why error) error {
	s.mu.Lock()
	accountable := s.accountable
	s.mu.Unlock()
	if !accountable {
		return nil
	}
	ctx, cancel := context.WithTimeout(s.ctx, closeTime)
	defer cancel()
	id, machines := s.opened()
	return each(machines, func(_ int, m machine) error {
		_, err := ask[done](ctx, m, callBlame, blameQuestion{id, why.Error()})
		return err
	})
}

// versioned is a session whose agents know what makes their requests.
type versioned struct{ *session }

// Version implements [strategies.Versioned]. It is one version, if all agents have the same.
func (v versioned) Version() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(slices.Compact(slices.Clone(v.versions))) == 1 {
		return v.versions[0]
	}
	var all []string
	for i, m := range v.machines {
		all = append(all, m.name+": "+v.versions[i])
	}
	return strings.Join(all, "; ")
}
