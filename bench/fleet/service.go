package fleet

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

// A service is an agent's time with one coordinator.
type service struct {
	options     AgentOptions
	links       links
	id          string    // of this instance of the agent
	beats       chan beat // of a coordinator that wants an agent, until there is one
	coordinator beat      // its first

	ctx    context.Context // ends with the service
	cancel context.CancelCauseFunc
	host   *host
	calls  *calls

	ended  chan struct{} // closed when the coordinator says that it ends
	ending sync.Once     // of ended

	mu    sync.Mutex
	heard time.Time // when the coordinator was last heard of; zero before the agent has one
}

// now returns the time on the agent's clock, which runs evenly whatever becomes of the time of day.
func (s *service) now() time.Duration { return time.Since(s.options.epoch) }

// instant returns when the agent's clock shows a time.
func (s *service) instant(at time.Duration) time.Time { return s.options.epoch.Add(at) }

// hear takes a beat. That of a coordinator which wants an agent is an offer, until the agent has one; later ones of the same are
// answered.
func (s *service) hear(b beat) {
	s.mu.Lock()
	mine := s.coordinator.From == b.From
	if mine {
		s.heard = time.Now()
	}
	free := s.coordinator.From == ""
	s.mu.Unlock()
	switch {
	case mine:
		_ = s.links.pulse.publish(pulse{s.id, b.Seq, s.now()}, b.From, "pulse") // another beat follows
	case free && b.Wants:
		select {
		case s.beats <- b:
		default:
		}
	}
}

// accept makes the coordinator of a beat the agent's own.
func (s *service) accept(b beat) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.coordinator, s.heard = b, time.Now()
}

// newService returns the service of an agent without a coordinator.
func newService(o AgentOptions, l links) *service {
	s := &service{options: o, links: l, id: randomText(instanceBytes), beats: make(chan beat, 1), ended: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancelCause(context.Background())
	s.host = newHost(s)
	s.calls = &calls{ctx: s.ctx, handlers: s.host.handlers(), known: map[string]*doing{}}
	return s
}

// listen subscribes to what the coordinator sends.
func (s *service) listen() error {
	return errors.Join(
		listen(s.links.work, func(farewell, *nats.Msg) { s.ending.Do(func() { close(s.ended) }) }, s.coordinator.From, "farewell"),
		listen(s.links.work, s.calls.take, s.id, "call"),
		listen(s.links.pulse, func(farewell, *nats.Msg) { s.cancel(errDismissed) }, s.id, "dismissal"),
		s.host.contents.serve(),
		s.links.work.conn.Flush(),
		s.links.pulse.conn.Flush(),
	)
}

// errDismissed is why the service of an agent ends which the coordinator has taken for lost while it was too busy to be heard.
var errDismissed = errors.New("the coordinator has taken the agent for lost")

// serve does what the coordinator asks for until it ends, which is no error. The error says that it was lost, or it is ctx's.
func (s *service) serve(ctx context.Context) error {
	defer s.close()
	defer context.AfterFunc(ctx, func() { s.cancel(ctx.Err()) })()
	var watching sync.WaitGroup
	defer watching.Wait()
	watching.Go(s.watch)
	select {
	case <-s.ended:
		s.cancel(nil)
		return nil
	case <-s.ctx.Done():
		s.leave()
		return context.Cause(s.ctx)
	}
}

// leave tells the coordinator that the agent ends. If it does not hear it, the lease runs out.
func (s *service) leave() { _ = s.links.work.publish(farewell{s.id}, s.coordinator.From, "leave") }

// close stops what is under way, closes the sessions and the links, and waits for all of that.
func (s *service) close() {
	s.cancel(errors.New("the agent has ended"))
	s.calls.close()
	s.host.close()
	s.links.close()
}

// watch ends the service when the coordinator has not been heard of for the lease.
func (s *service) watch() {
	ticker := time.NewTicker(beatGap(s.coordinator.Lease))
	defer ticker.Stop()
	for {
		s.mu.Lock()
		silent := time.Since(s.heard)
		s.mu.Unlock()
		if silent > s.coordinator.Lease {
			s.cancel(fmt.Errorf("the coordinator has not been heard of for %v", s.coordinator.Lease))
			return
		}
		select {
		case <-ticker.C:
		case <-s.ctx.Done():
			return
		}
	}
}
