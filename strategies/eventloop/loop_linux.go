package eventloop

import (
	"context"
	"math"
	"time"

	"golang.org/x/sys/unix"

	"sweetspot/strategies"
	"sweetspot/strategies/network"
)

// A loop keeps many requests in flight on one goroutine, the one that calls run. Other goroutines only post to the inbox and
// wake the poller.
type loop struct {
	*shared
	poller     *poller
	inbox      inbox
	background background
	sockets    sockets
	hosts      hosts
	writer     requestWriter
	spare      []*conn    // for reuse; they have no connection
	buffer     []byte     // what was read last, from any connection
	unread     []receiver // have more to read: receive stopped after readsPerEvent
	hops       []*hop     // are to be made
	multiplexing

	clock         time.Duration        // since shared.clockStart, when updateClock was last called
	requestTimers *timeline[inFlight]  // of requests in flight
	dialTimers    *timeline[*dialling] // of connections being made
	attemptTimers *timeline[*dialling] // of those with another address to try
	idleTimers    *timeline[idler]     // of idle connections
	limit         int                  // the most requests in flight

	// Of the current run:
	ctx       context.Context
	worker    strategies.Worker
	pacer     strategies.Pacer // the worker, if it is one
	next      strategies.Request
	free      int           // slots: the number of requests that may be started
	inFlight  int           // requests in flight
	runLimit  int           // the most requests in flight
	finished  bool          // no further request is to be started
	nextStart time.Duration // when the rate allows the next request
}

// A receiver may have more to read, which no event will announce.
type receiver interface{ receiveMore() }

// An idler is a connection that may be idle.
type idler interface{ discard() }

const (
	// readBuffer is the size of the loop's buffer in bytes: that of the largest record of TLS, and small enough to remain in the
	// processor's fastest cache. What is left of a large body need not be copied: see Socket.Discard.
	readBuffer = 16 << 10
	// readsPerEvent is how often one connection is read before the others get their turn.
	readsPerEvent = 16
	never         = time.Duration(math.MaxInt64)
)

// openLoop opens a loop that will have at most limit requests in flight.
func openLoop(s *shared, limit int) (*loop, error) {
	p, err := newPoller()
	if err != nil {
		return nil, err
	}
	l := &loop{
		shared:        s,
		poller:        p,
		sockets:       sockets{poller: p},
		hosts:         hosts{byPrefix: map[string]*host{}},
		writer:        newRequestWriter(s.target),
		buffer:        make([]byte, readBuffer),
		requestTimers: newTimeline[inFlight](s.target.Timeout),
		dialTimers:    newTimeline[*dialling](s.target.DialTimeout),
		attemptTimers: newTimeline[*dialling](network.AttemptDelay),
		idleTimers:    newTimeline[idler](strategies.IdleTimeout),
		limit:         limit,
	}
	l.inbox.wake = p.wake
	l.background.open()
	l.openMultiplexing()
	return l, nil
}

// close closes the connections and waits for the loop's goroutines. No run may be in progress.
func (l *loop) close() error {
	l.background.stop()
	l.background.Wait()
	l.doPosted() // closes the connections that no request waits for any more
	l.sockets.closeAll()
	return l.poller.close()
}

// abort ends the requests in flight, and starts no other. Those that are with Target.Handle end when it returns.
func (l *loop) abort() {
	l.finished = true
	for first := l.requestTimers.first(); first != nil; first = l.requestTimers.first() {
		first.owner.giveUp(errAborted)
	}
}

// run takes requests from worker until there are none left or ctx ends, with at most limit in flight.
func (l *loop) run(ctx context.Context, limit int, worker strategies.Worker) error {
	woken := make(chan struct{})
	stop := context.AfterFunc(ctx, func() { l.poller.wake(); close(woken) })
	defer func() {
		if !stop() {
			<-woken // the poller must not be closed during the call of wake
		}
	}()
	l.ctx, l.worker, l.free, l.runLimit, l.finished = ctx, worker, limit, limit, false
	l.pacer, _ = worker.(strategies.Pacer)
	l.updateClock()
	l.expire()
	for {
		if l.closed.Load() {
			l.abort()
		}
		l.placeWaiting()
		l.makeHops()
		l.startRequests()
		l.flush()
		if l.finished && l.inFlight == 0 {
			return nil
		}
		events, err := l.poller.wait(l.waitTime())
		if err != nil {
			return err
		}
		l.handleEvents(events)
	}
}

// updateClock reads the clock, once for all events that came together.
func (l *loop) updateClock() { l.clock = time.Since(l.clockStart) }

// handleEvents handles everything that has happened. The slots that become free are filled afterwards, all together: the
// server then gets a batch of requests, which costs both sides less than as many single ones, and no response has to wait
// for the system calls that send requests.
func (l *loop) handleEvents(events []unix.EpollEvent) {
	l.updateClock()
	unread := l.unread
	l.unread = nil
	for i := range events {
		l.handleEvent(&events[i])
	}
	for _, c := range unread {
		c.receiveMore()
	}
	l.doPosted()
	l.expire()
}

// doPosted calls the functions in the inbox.
func (l *loop) doPosted() {
	for _, do := range l.inbox.takeAll() {
		do()
	}
}

func (l *loop) handleEvent(event *unix.EpollEvent) {
	if fd := int(event.Fd); fd == l.poller.wakeFD || fd == l.poller.timeFD {
		return // their only purpose is to wake the loop
	}
	l.sockets.handle(event.Fd, event.Pad, event.Events)
}

// startRequests starts as many requests as there are free slots. Requests that fail at once free their slots again; these are
// filled only after the events of the other requests have been handled.
func (l *loop) startRequests() {
	for n := l.free; n > 0 && !l.finished && l.startNext(); n-- {
	}
}

// startNext starts a request. It returns false if no request is left, or if the rate does not allow it yet.
func (l *loop) startNext() bool {
	if l.pacer != nil {
		if delay := l.pacer.Delay(); delay > 0 && l.ctx.Err() == nil {
			l.nextStart = l.clock + delay
			return false
		}
	}
	if !l.worker.Next(l.ctx, &l.next) {
		l.finished = true
		return false
	}
	l.free--
	l.inFlight++
	l.start(&l.next, nil)
	return true
}

// start makes a request. Timer is that of the request that was redirected to it; nil if none was.
func (l *loop) start(r *strategies.Request, timer *timer[inFlight]) {
	host, err := l.hosts.find(r.URL)
	switch {
	case err != nil && timer != nil:
		timer.owner.giveUp(err)
	case err != nil:
		l.end(r, strategies.Failed(err))
	case l.protocol.Multiplexes():
		l.startHTTP2(host, r, timer)
	default:
		l.connFor(host).start(r, timer)
	}
}

// end hands the outcome of a request to the worker and frees its slot.
func (l *loop) end(r *strategies.Request, o strategies.Outcome) {
	l.worker.Done(r.Origin(), o)
	l.free++
	l.inFlight--
}

// waitTime returns how long the loop may wait for events: 0 or less if there is something to do now.
func (l *loop) waitTime() time.Duration {
	if len(l.unread) > 0 || len(l.toPlace) > 0 || len(l.hops) > 0 {
		return 0
	}
	until := never
	if l.free > 0 && !l.finished {
		until = l.nextStart
	}
	until = min(until, l.requestTimers.due(), l.dialTimers.due(), l.attemptTimers.due(), l.idleTimers.due(), l.backoffTimers.due())
	return until - l.clock
}

// expire handles the timers that have expired.
func (l *loop) expire() {
	for request, is := l.requestTimers.expired(l.clock); is; request, is = l.requestTimers.expired(l.clock) {
		request.giveUp(errTimeout)
	}
	for d, is := l.dialTimers.expired(l.clock); is; d, is = l.dialTimers.expired(l.clock) {
		d.timedOut()
	}
	for d, is := l.attemptTimers.expired(l.clock); is; d, is = l.attemptTimers.expired(l.clock) {
		d.tryNext()
	}
	for connection, is := l.idleTimers.expired(l.clock); is; connection, is = l.idleTimers.expired(l.clock) {
		connection.discard()
	}
	for s, is := l.backoffTimers.expired(l.clock); is; s, is = l.backoffTimers.expired(l.clock) {
		s.backoff.leave()
		l.toPlace = append(l.toPlace, s)
	}
}
