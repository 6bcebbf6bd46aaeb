package fleet

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"sweetspot/bench"
)

// A call is what a coordinator asks of an agent. It may be sent more than once, since NATS delivers a message at most once; the agent
// does it once.
type call struct {
	ID   string          `json:"id"`
	Kind string          `json:"kind"`
	Body json.RawMessage `json:"body"`
}

func (c call) check() error { return checkInstance(c.ID) }

// An answer is what an agent says to a call when it has done it.
type answer struct {
	Failure *failure        `json:"failure,omitempty"`
	Body    json.RawMessage `json:"body,omitempty"`
}

func (answer) check() error { return nil }

// The kinds of calls, in the order in which they are made.
const (
	callReach   = "reach"   // a load's target: which addresses it has, and whether it can be reached
	callOpen    = "open"    // a session
	callPrepare = "prepare" // a trial
	callBegin   = "begin"   // its warm-up
	callWindow  = "window"  // when its window opens
	callShut    = "shut"    // when it is shut
	callFinish  = "finish"  // it, and say what was measured
	callStop    = "stop"    // it, at once
	callBlame   = "blame"   // a session, whose counts are not those of the target
	callClose   = "close"   // a session
)

// callAgain is how long an answer is waited for until the call is sent again, in case it was lost with a connection.
const callAgain = 500 * time.Millisecond

// ask has a member do something and returns its answer. It waits until there is one, until ctx ends, or until the agent is lost; then
// the error wraps bench's ErrVoid.
func ask[Out message](ctx context.Context, m machine, kind string, in any) (Out, error) {
	var none Out
	body, err := json.Marshal(in)
	if err != nil {
		return none, err
	}
	ctx, cancel := m.alive(ctx)
	defer cancel()
	c := call{ID: randomText(instanceBytes), Kind: kind, Body: body}
	for {
		within, cancel := context.WithTimeout(ctx, callAgain)
		a, err := request[answer](within, m.fleet.links.work, c, m.instance, "call")
		cancel()
		switch {
		case err == nil && a.Failure != nil:
			return none, fmt.Errorf("agent %s: %w", m.name, a.Failure.err())
		case err == nil:
			return decode[Out](a.Body)
		case ctx.Err() != nil:
			return none, context.Cause(ctx)
		case errors.Is(err, nats.ErrMaxPayload):
			return none, fmt.Errorf("agent %s: %s: %w", m.name, kind, err)
		}
		if pause(ctx, askAgain) != nil {
			return none, context.Cause(ctx)
		}
	}
}

// each does something with each machine, with all at once, and waits for all. The error is that of a lost machine, if there is one, or
// the first.
func each(machines []machine, do func(i int, m machine) error) error {
	errs := make([]error, len(machines))
	var all sync.WaitGroup
	for i, m := range machines {
		all.Go(func() { errs[i] = do(i, m) })
	}
	all.Wait()
	if i := slices.IndexFunc(errs, func(err error) bool { return errors.Is(err, bench.ErrVoid) }); i >= 0 {
		return errs[i]
	}
	return cmp.Or(errs...)
}

// done is the answer to a call that has nothing to say.
type done struct{}

func (done) check() error { return nil }

// A handler does what a call of its kind asks for.
type handler func(ctx context.Context, body []byte) (any, error)

// handles returns a handler that decodes the body of calls.
func handles[In, Out message](do func(context.Context, In) (Out, error)) handler {
	return func(ctx context.Context, body []byte) (any, error) {
		in, err := decode[In](body)
		if err != nil {
			return nil, err
		}
		return do(ctx, in)
	}
}

// calls does the calls of a coordinator, each in a goroutine of its own, and each once.
type calls struct {
	ctx      context.Context // of the service
	handlers map[string]handler
	running  sync.WaitGroup

	mu     sync.Mutex
	closed bool
	known  map[string]*doing
	recent []string // their IDs, the oldest first
}

// doing is a call that is being done, or was.
type doing struct {
	done   chan struct{}
	answer answer
}

// mostKnown is how many calls are kept, so that one that comes again is not done again.
const mostKnown = 256

// take does a call, unless it is being done or was, and answers it.
func (c *calls) take(one call, m *nats.Msg) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	d, again := c.known[one.ID]
	if !again {
		if len(c.recent) == mostKnown {
			delete(c.known, c.recent[0])
			c.recent = append(c.recent[:0], c.recent[1:]...)
		}
		d = &doing{done: make(chan struct{})}
		c.known[one.ID], c.recent = d, append(c.recent, one.ID)
	}
	c.running.Go(func() {
		if !again {
			d.answer = c.do(one)
			close(d.done)
		}
		select {
		case <-d.done:
			respond(m, d.answer)
		case <-c.ctx.Done():
		}
	})
}

// close takes no more calls and waits for those that are being done, whose ctx must have ended.
func (c *calls) close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.running.Wait()
}

func (c *calls) do(one call) answer {
	handle, known := c.handlers[one.Kind]
	if !known {
		return answer{Failure: failureOf(fmt.Errorf("%q: no such call", one.Kind))}
	}
	out, err := handle(c.ctx, one.Body)
	if err != nil {
		return answer{Failure: failureOf(err)}
	}
	body, err := json.Marshal(out)
	return answer{failureOf(err), body}
}
