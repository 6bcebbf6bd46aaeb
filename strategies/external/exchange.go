package external

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"sweetspot/strategies"
)

// An exchange is one Run of a session with a program. One goroutine sends the requests to the program and receives their
// outcomes.
type exchange struct {
	session *session
	limit   int
	allowed int // requests that the program may have without a lookahead
	worker  strategies.Worker
	began   time.Duration                // on the session's clock
	first   int64                        // number of the run's first request
	pending map[int64]strategies.Request // by number: sent to the program and not reported yet

	lookahead   lookahead
	workerSkew  skew // of the session's clock to the Worker's
	programSkew skew // of the session's clock to the program's

	urls           []string              // of requests that were started, for the next line
	messages       []*strategies.Message // of the same requests
	varied         bool                  // one of messages is not nil
	bytes          int                   // of their bodies
	unsent         []byte                // lines that the transport has not taken yet
	spare          []byte                // the buffer of the lines that it took last
	stopSent       bool                  // no request is left, and a stop message has been sent
	reportDeadline time.Duration         // when the program must have reported something, on the session's clock; 0 means never
}

// callersPerConnection is the number of requests that are started per connection if the program's library enforces the limit. A load
// without end cannot be started all at once. With four requests per connection the library's queue is never empty, and each
// request waits for at most three others: too short a time to reach a timeout or to delay a cancellation by much.
const callersPerConnection = 4

func newExchange(s *session, limit int, worker strategies.Worker) *exchange {
	began := s.now()
	allowed := limit
	if s.strategy.Program.ClientLimits {
		allowed *= callersPerConnection
	}
	return &exchange{
		session: s, limit: limit, allowed: allowed, worker: worker, began: began, first: s.next,
		pending:   map[int64]strategies.Request{},
		lookahead: newLookahead(limit, began),
		unsent:    fmt.Appendf(nil, "{\"run\":{\"limit\":%d}}\n", limit),
	}
}

// run returns when the program says that it has stopped.
func (x *exchange) run(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	cancelled := ctx.Done()
	for {
		timer.Reset(x.startRequests(ctx))
		send := x.session.transport.send
		if len(x.unsent) == 0 {
			send = nil
		}
		select {
		case send <- x.unsent:
			x.unsent, x.spare = x.spare[:0], x.unsent
		case m, ok := <-x.session.transport.received:
			if !ok {
				return x.session.transport.err
			}
			if stopped, err := x.handleMessage(m); stopped || err != nil {
				return err
			}
		case <-cancelled:
			cancelled = nil
			x.stop()
		case <-x.session.aborting:
			return errClosed
		case <-timer.C:
			if x.reportDeadline > 0 && x.session.now() >= x.reportDeadline {
				return fmt.Errorf("it has reported nothing for %v", x.reportTimeout())
			}
		}
	}
}

// idleWait is how long an exchange waits if no event is due.
const idleWait = time.Hour

// startRequests starts as many requests as the program may have now. It returns how long to wait, if no message arrives, until
// there is something to do.
func (x *exchange) startRequests(ctx context.Context) time.Duration {
	wait := idleWait
	for !x.stopSent && len(x.pending) < max(x.allowed, x.limit+x.lookahead.requests) {
		if pacer, ok := x.worker.(strategies.Pacer); ok {
			if delay := pacer.Delay(); delay > 0 {
				wait = delay
				break
			}
		}
		x.start(ctx)
	}
	x.sendStart()
	if x.reportDeadline > 0 {
		wait = min(wait, x.reportDeadline-x.session.now())
	}
	return wait
}

// start starts the next request, or stops if there is none.
func (x *exchange) start(ctx context.Context) {
	var r strategies.Request
	if !x.worker.Next(ctx, &r) {
		x.stop()
		return
	}
	x.workerSkew.observe(x.session.now(), r.Start)
	x.pending[x.session.next+int64(len(x.urls))] = r
	x.urls, x.messages = append(x.urls, r.URL), append(x.messages, r.Message)
	if r.Message != nil {
		x.varied = true
		x.bytes += len(r.Message.Body)
	}
	if len(x.pending) == 1 { // until now there was nothing to report
		x.extendReportDeadline()
	}
	if len(x.urls) == maxURLsPerLine || x.bytes > maxBodiesPerLine {
		x.sendStart()
	}
}

// The most requests in one start message, and the size in bytes of their bodies after which another one begins.
const (
	maxURLsPerLine   = 1000
	maxBodiesPerLine = 1 << 20
)

// sendStart sends the requests that were started since its last call.
func (x *exchange) sendStart() {
	if len(x.urls) == 0 {
		return
	}
	x.unsent = append(x.unsent, `{"start":{"first":`...)
	x.unsent = strconv.AppendInt(x.unsent, x.session.next, 10)
	x.unsent = append(x.unsent, `,"urls":`...)
	x.unsent = appendStrings(x.unsent, x.urls)
	if x.varied {
		x.unsent = appendMessages(append(x.unsent, `,"messages":`...), x.session.target, x.messages)
	}
	x.unsent = append(x.unsent, "}}\n"...)
	x.session.next += int64(len(x.urls))
	clear(x.messages)
	x.urls, x.messages, x.varied, x.bytes = x.urls[:0], x.messages[:0], false, 0
}

// stop sends a stop message, unless it was sent already: no more requests come.
func (x *exchange) stop() {
	if x.stopSent {
		return
	}
	x.sendStart()
	x.unsent = append(x.unsent, "{\"stop\":{}}\n"...)
	x.stopSent = true
	x.extendReportDeadline()
}

// reportGrace is how much longer than a request's timeout a program may take to report something.
const reportGrace = 5 * time.Second

// reportTimeout is how long a program with pending requests may report nothing.
func (x *exchange) reportTimeout() time.Duration { return x.session.target.Timeout + reportGrace }

// extendReportDeadline gives the program another reportTimeout, if it has anything to report.
func (x *exchange) extendReportDeadline() {
	x.reportDeadline = 0
	if len(x.pending) > 0 || x.stopSent {
		x.reportDeadline = x.session.now() + x.reportTimeout()
	}
}

// handleMessage handles a message of the program. It returns true if the message was the last one of the run.
func (x *exchange) handleMessage(m *message) (stopped bool, err error) {
	switch {
	case m.Done != nil:
		return false, x.handleReport(m.Done, m.arrived)
	case m.Error != nil:
		return false, programError(*m.Error)
	case m.Stopped == nil:
		return false, errors.New("it sent hello or opened during a run")
	case !x.stopSent || len(x.unsent) > 0:
		return false, errors.New("it sent stopped before it got stop")
	case len(x.pending) > 0:
		return false, fmt.Errorf("it stopped with %d requests unreported", len(x.pending))
	}
	requests, follow := x.session.next-x.first, x.session.target.Follow
	if float64(m.Stopped.Redirects) > float64(requests)*float64(follow) {
		return false, fmt.Errorf("it reports that it followed %d redirects in %d requests: want at most %d in each", m.Stopped.Redirects, requests, follow)
	}
	x.session.connections.Store(int64(m.Stopped.Connections))
	x.session.redirects.Store(m.Stopped.Redirects)
	return true, nil
}

// handleReport hands the outcomes of a report to the Worker.
func (x *exchange) handleReport(done *report, arrived time.Duration) error {
	x.programSkew.observe(arrived, done.Now)
	for i := range done.Outcomes {
		o := &done.Outcomes[i]
		r, ok := x.pending[o.number]
		switch {
		case !ok && o.number < x.session.next:
			return fmt.Errorf("it reported request %d twice, or in the wrong run", o.number)
		case !ok:
			return fmt.Errorf("it reported request %d, which it was not given", o.number)
		case o.outcome.Class == strategies.Unexpected && x.session.target.Follow == 0:
			return fmt.Errorf("it reported that it could not follow a redirect of request %d: want none followed", o.number)
		}
		if err := x.setTimes(&r, o, done.Now); err != nil {
			return err
		}
		delete(x.pending, o.number)
		x.worker.Done(&r, x.judged(&r, o.outcome))
	}
	x.lookahead.observe(len(done.Outcomes), arrived)
	if len(done.Outcomes) > 0 {
		x.extendReportDeadline()
	}
	return nil
}

// judged returns the outcome as the target's Expect sees it.
func (x *exchange) judged(r *strategies.Request, o strategies.Outcome) strategies.Outcome {
	if x.session.target.Expect == nil || o.Class != strategies.OK && o.Class != strategies.BadStatus {
		return o
	}
	judged := x.session.target.Answered(r, strategies.Answer{Status: o.Status, Bytes: o.Bytes}, nil)
	judged.Latency = o.Latency
	return judged
}

// clockTolerance is the largest error of a request's times, apart from a hundredth of the run's time for clocks that drift.
// Times with a larger error are in another unit, or from another clock.
const clockTolerance = 250 * time.Millisecond

// setTimes sets when a request really began and how long it took, on the Worker's clock. Since messages take time to arrive,
// the times may be a little late; setTimes makes sure that none is before Next or in the future.
func (x *exchange) setTimes(r *strategies.Request, o *reported, written time.Duration) error {
	now := x.session.now()
	tolerance := clockTolerance + (now-x.began)/100
	now -= x.workerSkew.offset
	start := o.start + x.programSkew.offset - x.workerSkew.offset
	if start < r.Start-tolerance || o.start+o.latency > written+tolerance {
		return fmt.Errorf("request %d began %v before it was sent, or ended after it was reported: want all times in nanoseconds of one clock",
			o.number, max(0, r.Start-start).Round(time.Millisecond))
	}
	latency := min(o.latency, now-r.Start)
	r.Start = max(r.Start, min(start, now-latency))
	o.outcome.Latency = max(1, latency) // if it were 0, the Worker would measure it
	return nil
}

// failPending hands back, as failed, the requests that the program will not report any more.
func (x *exchange) failPending(err error) {
	for number, r := range x.pending {
		delete(x.pending, number)
		x.worker.Done(&r, strategies.Outcome{Class: strategies.Other, Err: err})
	}
}
