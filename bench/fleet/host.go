package fleet

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"sweetspot/bench"
	"sweetspot/strategies"
)

// A host is what a coordinator has opened on an agent.
type host struct {
	service  *service
	contents *contents

	mu       sync.Mutex
	sessions map[string]*hosted
	trials   map[string]*part
	latest   decoded // requests
}

// hosted is a session on an agent.
type hosted struct {
	limit   int             // for which it was opened
	ctx     context.Context // ends when the session is to be closed
	cancel  context.CancelFunc
	opened  chan struct{} // closed when session and err are set
	session strategies.Session
	err     error
}

// decoded are the requests of a load, by the hash of their message: they may be many, and are the same in all trials of a run.
type decoded struct {
	hash string
	of   requested
}

func newHost(s *service) *host {
	return &host{
		service: s, contents: &contents{link: s.links.work, own: s.id},
		sessions: map[string]*hosted{}, trials: map[string]*part{},
	}
}

// handlers returns what does the calls of each kind.
func (h *host) handlers() map[string]handler {
	return map[string]handler{
		callReach:   handles(h.reach),
		callOpen:    handles(h.open),
		callPrepare: handles(h.prepare),
		callBegin:   handles(h.begin),
		callWindow:  handles(h.window),
		callShut:    handles(h.shut),
		callFinish:  handles(h.finish),
		callStop:    handles(h.stop),
		callBlame:   handles(h.blame),
		callClose:   handles(h.closeSession),
	}
}

// open opens a session.
func (h *host) open(ctx context.Context, q openQuestion) (openAnswer, error) {
	s := &hosted{opened: make(chan struct{}), limit: q.Limit}
	s.ctx, s.cancel = context.WithCancel(ctx)
	h.mu.Lock()
	h.sessions[q.Session] = s
	h.mu.Unlock()
	s.session, s.err = h.openSession(s.ctx, q)
	close(s.opened)
	if s.err != nil {
		return openAnswer{}, s.err
	}
	var a openAnswer
	if v, is := s.session.(strategies.Versioned); is {
		a.Version = v.Version()
	}
	_, a.Accountable = s.session.(strategies.Accountable)
	return a, nil
}

func (h *host) openSession(ctx context.Context, q openQuestion) (strategies.Session, error) {
	strategy, err := h.service.options.Strategies(q.Strategy)
	if err != nil {
		return nil, err
	}
	message, err := fetched[target](ctx, h, q.Target)
	if err != nil {
		return nil, fmt.Errorf("%s: open: %w", q.Strategy, err)
	}
	t, err := message.target()
	if err != nil {
		return nil, fmt.Errorf("%s: open: %w", q.Strategy, err)
	}
	return strategy.Open(ctx, t, q.Limit)
}

// fetched returns a message that is a content of the coordinator.
func fetched[T message](ctx context.Context, h *host, c content) (T, error) {
	data, err := h.contents.fetch(ctx, h.service.coordinator.From, c)
	if err != nil {
		var none T
		return none, err
	}
	return decode[T](data)
}

// session returns an open session.
func (h *host) session(id string) (*hosted, error) {
	h.mu.Lock()
	s := h.sessions[id]
	h.mu.Unlock()
	if s == nil {
		return nil, errors.New("no such session is open")
	}
	<-s.opened
	return s, s.err
}

// blame tells a session that its counts are wrong.
func (h *host) blame(_ context.Context, q blameQuestion) (done, error) {
	s, err := h.session(q.Session)
	if err != nil {
		return done{}, err
	}
	if a, is := s.session.(strategies.Accountable); is {
		return done{}, a.Contradicted(errors.New(q.Why))
	}
	return done{}, nil
}

// closeSession closes a session, also while it is being opened. It is no error if there is none.
func (h *host) closeSession(_ context.Context, q sessionQuestion) (done, error) {
	h.mu.Lock()
	s := h.sessions[q.Session]
	delete(h.sessions, q.Session)
	h.mu.Unlock()
	if s != nil {
		s.close()
	}
	return done{}, nil
}

// close ends the session and its trial.
func (s *hosted) close() {
	s.cancel()
	<-s.opened
	if s.err == nil {
		_ = s.session.Close() // its trials have said already what was wrong
	}
}

// close closes all sessions.
func (h *host) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	var all sync.WaitGroup
	for _, s := range h.sessions {
		all.Go(s.close)
	}
	all.Wait()
}

// load returns the load of a trial.
func (h *host) load(ctx context.Context, c content, n numbers) (bench.Load, error) {
	message, err := fetched[load](ctx, h, c)
	if err != nil {
		return bench.Load{}, err
	}
	h.mu.Lock()
	latest := h.latest
	h.mu.Unlock()
	if latest.hash != message.Requests.Hash {
		list, err := fetched[requestList](ctx, h, message.Requests)
		if err != nil {
			return bench.Load{}, err
		}
		latest = decoded{hash: message.Requests.Hash}
		if latest.of, err = list.requests(); err != nil {
			return bench.Load{}, err
		}
		h.mu.Lock()
		h.latest = latest
		h.mu.Unlock()
	}
	return message.load(latest.of, n)
}
