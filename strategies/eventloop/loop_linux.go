package eventloop

import (
	"context"
	"math"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"sweetspot/strategies"
	"sweetspot/strategies/network"
)

// A loop keeps many requests in flight on one goroutine, the one that calls run. Other goroutines only post to the inbox and
// wake the poller.
type loop struct {
	*shared
	poller           *poller
	inbox            inbox
	lookups          lookups
	delegations      sync.WaitGroup // goroutines of delegate
	hosts            hosts
	writer           requestWriter
	conns            []*conn       // by file descriptor; nil where there is none
	spare            []*conn       // for reuse; they have no connection
	spareDelegations []*delegation // for reuse
	buffer           []byte        // what was read last, from any connection
	unread           []*conn       // have more to read: receive stopped after readsPerEvent

	clock         time.Duration // since shared.clockStart, when updateClock was last called
	requestTimers *timeline     // of requests in flight
	dialTimers    *timeline     // of connections being made
	attemptTimers *timeline     // of those with another address to try
	idleTimers    *timeline     // of idle connections
	serial        int32         // of the latest connection
	open          int           // connections
	limit         int           // the most requests in flight

	// Of the current run:
	ctx       context.Context
	worker    strategies.Worker
	pacer     strategies.Pacer // the worker, if it is one
	next      strategies.Request
	free      int           // slots: the number of requests that may be started
	inFlight  int           // requests in flight
	finished  bool          // no further request is to be started
	nextStart time.Duration // when the rate allows the next request
}

const (
	readBuffer = 64 << 10 // bytes
	// readsPerEvent is how often one connection is read before the others get their turn: up to a megabyte in all.
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
		hosts:         hosts{byPrefix: map[string]*host{}},
		writer:        newRequestWriter(s.target),
		buffer:        make([]byte, readBuffer),
		requestTimers: newTimeline(s.target.Timeout),
		dialTimers:    newTimeline(s.target.DialTimeout),
		attemptTimers: newTimeline(network.AttemptDelay),
		idleTimers:    newTimeline(strategies.IdleTimeout),
		limit:         limit,
	}
	l.inbox.wake = p.wake
	l.lookups.open()
	return l, nil
}

// close closes the connections and waits for the loop's goroutines. No run may be in progress.
func (l *loop) close() error {
	l.lookups.cancel()
	for _, c := range l.conns {
		if c != nil {
			c.disconnect()
		}
	}
	l.lookups.running.Wait()
	l.delegations.Wait()
	return l.poller.close()
}

// abort ends the requests in flight, and starts no other. Those that are with Target.Handle end when it returns.
func (l *loop) abort() {
	l.finished = true
	for first := l.requestTimers.first(); first != nil; first = l.requestTimers.first() {
		first.conn.giveUp(errAborted)
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
	l.ctx, l.worker, l.free, l.finished = ctx, worker, limit, false
	l.pacer, _ = worker.(strategies.Pacer)
	l.updateClock()
	l.expire()
	for {
		if l.closed.Load() {
			l.abort()
		}
		l.startRequests()
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
		c.receive(true) // it may be closed: the event that would say so has passed
	}
	for _, do := range l.inbox.takeAll() {
		do()
	}
	l.expire()
}

func (l *loop) handleEvent(event *unix.EpollEvent) {
	if fd := int(event.Fd); fd == l.poller.wakeFD || fd == l.poller.timeFD {
		return // their only purpose is to wake the loop
	}
	c := l.conns[event.Fd]
	if c == nil || c.serial != event.Pad { // an earlier event of this batch closed the connection
		return
	}
	if c.state == attempting {
		if c = c.connected(); c == nil {
			return
		}
	}
	if closed := event.Events&(unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) != 0; closed || event.Events&unix.EPOLLIN != 0 {
		c.receive(closed)
	}
	if event.Events&unix.EPOLLOUT != 0 && c.state == receiving && len(c.unsent) > 0 {
		c.unsent = c.write(c.unsent)
	}
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
	host, err := l.hosts.find(l.next.URL)
	if err != nil {
		c := l.newConn(nil)
		c.request = l.next
		c.fail(err)
		return true
	}
	l.connFor(host).start(&l.next)
	return true
}

// end hands the outcome of a request to the worker and frees its slot.
func (l *loop) end(c *conn, o strategies.Outcome) {
	c.deadline.leave()
	l.worker.Done(&c.request, o)
	c.resetParser()
	c.share.Release()
	l.free++
	l.inFlight--
}

// waitTime returns how long the loop may wait for events: 0 or less if there is something to do now.
func (l *loop) waitTime() time.Duration {
	if len(l.unread) > 0 {
		return 0
	}
	until := never
	if l.free > 0 && !l.finished {
		until = l.nextStart
	}
	for _, line := range [...]*timeline{l.requestTimers, l.dialTimers, l.attemptTimers, l.idleTimers} {
		if first := line.first(); first != nil {
			until = min(until, first.at)
		}
	}
	return until - l.clock
}

// expire handles the timers that have expired.
func (l *loop) expire() {
	for first := l.requestTimers.first(); first != nil && first.at <= l.clock; first = l.requestTimers.first() {
		first.conn.giveUp(errTimeout)
	}
	for first := l.dialTimers.first(); first != nil && first.at <= l.clock; first = l.dialTimers.first() {
		first.conn.dialTimedOut()
	}
	for first := l.attemptTimers.first(); first != nil && first.at <= l.clock; first = l.attemptTimers.first() {
		first.conn.tryNext()
	}
	for first := l.idleTimers.first(); first != nil && first.at <= l.clock; first = l.idleTimers.first() {
		first.conn.discard()
	}
}
