package fleet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// A Fleet is the agents of a coordinator. Its methods may be called by several goroutines at once.
type Fleet struct {
	options  Options
	id       string         // of this instance of a coordinator
	server   *server.Server // the embedded one; nil if another is used
	links    links
	began    time.Time // from which its clock counts
	stop     context.CancelFunc
	contents *contents
	ending   sync.WaitGroup
	closing  sync.Once

	mu       sync.Mutex
	members  []*member
	refusals []string                   // who could not join, and why, in the order of their coming
	notice   time.Duration              // how far in advance an instant is set, if it is more than usual
	listed   listing                    // the latest list of requests that was sent
	seq      uint64                     // of the latest beat
	sent     [256]time.Duration         // when the latest beats were sent, by their Seq
	notes    map[string]map[string]note // the latest of each agent, by trial under way and by the agent's instance
}

// Listen starts a coordinator: a NATS server, unless the options name another, and the beats that call agents. It does not wait for
// agents: see [Fleet.Join]. The coordinator lasts until [Fleet.Close], also if ctx ends before: what was measured is yet to be fetched
// then. An error has a line for every option that is wrong, or says why no server could be started or reached.
func Listen(ctx context.Context, o Options) (*Fleet, error) {
	o = o.withDefaults()
	if err := o.check(); err != nil {
		return nil, fmt.Errorf("fleet: %w", err)
	}
	f := &Fleet{options: o, id: randomText(instanceBytes), began: time.Now(), notes: map[string]map[string]note{}}
	d := dial{url: o.NATS, token: o.Token, tls: o.TLS}
	if o.NATS == "" {
		var err error
		if f.server, err = startServer(o, f.refuseAddress); err != nil {
			return nil, fmt.Errorf("fleet: %w", err)
		}
		d.own = f.server
	}
	var err error
	if f.links, err = d.both("coordinator"); err == nil {
		f.contents = &contents{link: f.links.work, own: f.id}
		err = f.listen()
	}
	if err != nil {
		f.end()
		return nil, fmt.Errorf("fleet: %w", err)
	}
	ctx, f.stop = context.WithCancel(context.WithoutCancel(ctx))
	f.ending.Go(func() { f.beat(ctx) })
	return f, nil
}

// listen subscribes to what agents send.
func (f *Fleet) listen() error {
	return errors.Join(
		listen(f.links.work, func(h hello, m *nats.Msg) { respond(m, f.welcome(h)) }, f.id, "join"),
		listen(f.links.work, func(n note, _ *nats.Msg) { f.take(n) }, f.id, "note"),
		listen(f.links.work, func(gone farewell, _ *nats.Msg) { f.leave(gone) }, f.id, "leave"),
		listen(f.links.pulse, func(p pulse, _ *nats.Msg) { f.hear(p) }, f.id, "pulse"),
		f.contents.serve(),
		f.links.work.conn.Flush(),
		f.links.pulse.conn.Flush(),
	)
}

// Address returns the URL of the NATS server for agents, without a login.
func (f *Fleet) Address() string {
	if f.server == nil {
		return shown(f.options.NATS)
	}
	return addressOf(f.server, f.options.TLS != nil)
}

// Token returns the token that agents must have, "" for none.
func (f *Fleet) Token() string { return f.options.Token }

// errClosed ends what is under way on agents when the fleet is closed.
var errClosed = errors.New("the fleet was closed")

// Close tells the agents that the run is over and stops the server. What is under way on agents ends with an error. It may be called
// more than once.
func (f *Fleet) Close() {
	f.closing.Do(func() {
		f.stop()
		f.ending.Wait()
		f.loseAll()
		_ = f.links.work.publish(farewell{From: f.id}, f.id, "farewell")
		f.end()
	})
}

func (f *Fleet) loseAll() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, m := range f.members {
		m.lose(errClosed)
	}
}

// end closes what is open.
func (f *Fleet) end() {
	if f.links.work != nil {
		f.links.close()
	}
	if f.server != nil {
		stopServer(f.server)
	}
}

// Join waits until as many agents have joined as the options say. If they do not come in time, its error wraps [ErrTooFew] and says
// who came, and who was refused and why. If ctx ends, it is ctx's.
func (f *Fleet) Join(ctx context.Context) error {
	patience, cancel := context.WithTimeout(ctx, f.options.JoinTimeout)
	defer cancel()
	err := until(patience, func() bool { return f.complete() })
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return f.tooFew()
	}
	f.mu.Lock()
	slices.SortFunc(f.members, func(a, b *member) int { return strings.Compare(a.name, b.name) })
	f.mu.Unlock()
	f.compareFiles()
	return nil
}

// complete reports whether all agents are there.
func (f *Fleet) complete() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return !f.wants()
}

// tooFew returns the error of a fleet that has waited in vain.
func (f *Fleet) tooFew() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var names []string
	for _, m := range f.members {
		if m.life.Err() == nil {
			names = append(names, m.name)
		}
	}
	text := fmt.Sprintf("%d of %d agents have joined within %v", len(names), f.options.Agents, f.options.JoinTimeout)
	if len(names) > 0 {
		text += ": " + strings.Join(names, ", ")
	}
	if len(f.refusals) > 0 {
		text += "; refused: " + strings.Join(f.refusals, "; ")
	}
	return fmt.Errorf("%w: %s", ErrTooFew, text)
}

// compareFiles says so if the agents may open different numbers of files.
func (f *Fleet) compareFiles() {
	all := f.Members()
	least := slices.MinFunc(all, func(a, b Member) int { return compareFiles(a, b) })
	most := slices.MaxFunc(all, func(a, b Member) int { return compareFiles(a, b) })
	if least.Machine.OpenFiles < most.Machine.OpenFiles {
		f.options.Log(fmt.Sprintf("agent %s may open %d files, %s %d: the smallest number decides how large a limit can be",
			least.Name, least.Machine.OpenFiles, most.Name, most.Machine.OpenFiles))
	}
}

// tick is how often what is waited for is looked at.
const tick = 5 * time.Millisecond

// until waits until the condition holds, or until ctx ends: then the error is the cause.
func until(ctx context.Context, holds func() bool) error {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for !holds() {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}
