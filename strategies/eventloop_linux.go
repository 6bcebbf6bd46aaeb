package strategies

import (
	"context"
	"math"
	"time"

	"golang.org/x/sys/unix"
)

// A loop keeps many requests in flight on one goroutine, the one that calls run; it alone uses the fields.
type loop struct {
	*loopCommon
	poller  *poller
	inbox   inbox
	lookups lookups
	hosts   hosts
	writer  requestWriter
	conns   []*conn // by file descriptor; nil where there is none
	spare   []*conn // without a connection
	callers []Caller
	buffer  []byte  // what has just been read, whatever the connection
	again   []*conn // have more to read than they may at once

	clock      time.Duration // since the network was opened, as of the latest look
	answering  *timeline     // requests
	connecting *timeline     // connections
	resting    *timeline     // idle connections
	serial     int32         // of the latest connection
	open, most int           // connections: how many there are, and how many before idle ones are closed

	// Of the Run under way:
	ctx    context.Context
	worker Worker
	pacer  Pacer // the worker, if it is one
	next   Request
	room   int           // requests that may be started
	flying int           // requests that have been
	over   bool          // nothing more is to be started
	turn   time.Duration // when the rate allows the next start
}

const (
	readBuffer = 64 << 10 // bytes
	readBurst  = 16       // reads of one connection before the others have their turn: a megabyte
	never      = time.Duration(math.MaxInt64)
)

// openLoop opens a loop that has so many requests in flight at most.
func openLoop(common *loopCommon, room int) (*loop, error) {
	p, err := newPoller()
	if err != nil {
		return nil, err
	}
	l := &loop{
		loopCommon: common,
		poller:     p,
		hosts:      hosts{byPrefix: map[string]*host{}},
		writer:     newRequestWriter(common.target),
		buffer:     make([]byte, readBuffer),
		answering:  newTimeline(common.target.Timeout),
		connecting: newTimeline(common.target.DialTimeout),
		resting:    newTimeline(idle),
		most:       2 * room,
	}
	l.inbox.ring = p.ring
	l.lookups.open()
	return l, nil
}

func (l *loop) close() error {
	for _, c := range l.conns {
		if c != nil {
			c.disconnect()
		}
	}
	l.lookups.close()
	return l.poller.close()
}

// run takes requests from worker until there are none left or ctx ends, with at most room in flight.
func (l *loop) run(ctx context.Context, room int, worker Worker) error {
	woken := make(chan struct{})
	stop := context.AfterFunc(ctx, func() { l.poller.ring(); close(woken) })
	defer func() {
		if !stop() {
			<-woken // not to ring when the bell may be gone
		}
	}()
	l.ctx, l.worker, l.room, l.over = ctx, worker, room, false
	l.pacer, _ = worker.(Pacer)
	l.look()
	l.expire()
	for {
		l.fill()
		if l.over && l.flying == 0 {
			return nil
		}
		events, err := l.poller.wait(l.patience())
		if err != nil {
			return err
		}
		l.turnOver(events)
	}
}

// look looks at the clock. It is looked at once for all that happens at a time.
func (l *loop) look() { l.clock = time.Since(l.network.opened) }

// turnOver sees to everything that has happened. What there is room for then is started all together: the server gets a
// batch to work on, which costs both sides less than as many single requests, and no response is kept waiting for the
// system calls that send requests.
func (l *loop) turnOver(events []unix.EpollEvent) {
	l.look()
	again := l.again
	l.again = nil
	for i := range events {
		l.happened(&events[i])
	}
	for _, c := range again {
		c.receive(true)
	}
	for _, arrived := range l.inbox.empty() {
		arrived()
	}
	l.expire()
}

// happened sees to one event.
func (l *loop) happened(event *unix.EpollEvent) {
	if int(event.Fd) == l.poller.bell {
		return // it has done what it is for
	}
	c := l.conns[event.Fd]
	if c == nil || c.serial != event.Pad { // it was closed by an event just before
		return
	}
	if c.state == connecting && !c.connected() {
		return
	}
	if gone := event.Events&(unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) != 0; gone || event.Events&unix.EPOLLIN != 0 {
		c.receive(gone)
	}
	if event.Events&unix.EPOLLOUT != 0 && c.state == answering && len(c.unsent) > 0 {
		c.unsent = c.write(c.unsent)
	}
}

// fill starts as many requests as there is room for. Requests that fail at once make room again, but what happens to the
// others is seen to first.
func (l *loop) fill() {
	for n := l.room; n > 0 && !l.over && l.begin(); n-- {
	}
}

// begin starts a request, if there is one and the rate allows it.
func (l *loop) begin() bool {
	if l.pacer != nil {
		if delay := l.pacer.Delay(); delay > 0 && l.ctx.Err() == nil {
			l.turn = l.clock + delay
			return false
		}
	}
	if !l.worker.Next(l.ctx, &l.next) {
		l.over = true
		return false
	}
	l.room--
	l.flying++
	host, err := l.hosts.find(l.next.URL)
	if err != nil {
		c := l.connection(nil)
		c.request = l.next
		c.fail(err)
		return true
	}
	l.take(host).start(&l.next)
	return true
}

// end hands over what became of a request.
func (l *loop) end(c *conn, o Outcome) {
	c.deadline.leave()
	l.worker.Done(&c.request, o)
	c.ready()
	l.room++
	l.flying--
}

// patience returns how long there is nothing to do unless something happens: 0 or less if there is something to do now.
func (l *loop) patience() time.Duration {
	if len(l.again) > 0 {
		return 0
	}
	at := never
	if l.room > 0 && !l.over {
		at = l.turn
	}
	for _, line := range [...]*timeline{l.answering, l.connecting, l.resting} {
		if first := line.first(); first != nil {
			at = min(at, first.at)
		}
	}
	return at - l.clock
}

// expire ends what has run out of time.
func (l *loop) expire() {
	for first := l.answering.first(); first != nil && first.at <= l.clock; first = l.answering.first() {
		first.conn.late()
	}
	for first := l.connecting.first(); first != nil && first.at <= l.clock; first = l.connecting.first() {
		first.conn.unconnected(errDialTimeout)
	}
	for first := l.resting.first(); first != nil && first.at <= l.clock; first = l.resting.first() {
		first.conn.spoil()
	}
}
