package strategies

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// An exchange is one Run of a session with a program: requests are handed over and outcomes taken back, all by one
// goroutine.
type exchange struct {
	session *externalSession
	limit   int
	atOnce  int // requests that the program may be handed whatever the lookahead
	worker  Worker
	began   time.Duration     // on the session's clock
	handed  map[int64]Request // by number, until it is known what became of them
	ahead   lookahead
	ours    skew // of the session's clock to the Worker's
	theirs  skew // of the session's clock to the program's

	urls   []string      // of requests that have been started, for the next line
	unsaid []byte        // lines that the talk has not taken yet
	spare  []byte        // the buffer of those that it took last
	last   bool          // nothing is left to start, and the program has been told
	due    time.Duration // when the program must have reported something, on the session's clock; 0 is never
}

func newExchange(s *externalSession, limit int, worker Worker) *exchange {
	began := s.now()
	atOnce := limit
	if s.strategy.Program.Leaves {
		atOnce *= crowd
	}
	return &exchange{
		session: s, limit: limit, atOnce: atOnce, worker: worker, began: began,
		handed: map[int64]Request{},
		ahead:  newLookahead(limit, began),
		unsaid: fmt.Appendf(nil, "{\"run\":{\"limit\":%d}}\n", limit),
	}
}

// run goes on until the program says that it has stopped.
func (x *exchange) run(ctx context.Context) error {
	alarm := time.NewTimer(0)
	defer alarm.Stop()
	cancelled := ctx.Done()
	for {
		alarm.Reset(x.handOver(ctx))
		say := x.session.talk.say
		if len(x.unsaid) == 0 {
			say = nil
		}
		select {
		case say <- x.unsaid:
			x.unsaid, x.spare = x.spare[:0], x.unsaid
		case m, ok := <-x.session.talk.heard:
			if !ok {
				return x.session.talk.err
			}
			if over, err := x.take(m); over || err != nil {
				return err
			}
		case <-cancelled:
			cancelled = nil
			x.stop()
		case <-alarm.C:
			if x.due > 0 && x.session.now() >= x.due {
				return fmt.Errorf("it has reported nothing for %v", x.patience())
			}
		}
	}
}

// idly is how long an exchange waits that waits for nothing in particular.
const idly = time.Hour

// handOver starts as many requests as the program may be handed by now, and returns how long it is until there is
// something to do that nobody will tell of.
func (x *exchange) handOver(ctx context.Context) time.Duration {
	wait := idly
	for !x.last && len(x.handed) < max(x.atOnce, x.limit+x.ahead.requests) {
		if pacer, ok := x.worker.(Pacer); ok {
			if delay := pacer.Delay(); delay > 0 {
				wait = delay
				break
			}
		}
		x.start(ctx)
	}
	x.sayStart()
	if x.due > 0 {
		wait = min(wait, x.due-x.session.now())
	}
	return wait
}

// start starts the next request, or stops if there is none.
func (x *exchange) start(ctx context.Context) {
	var r Request
	if !x.worker.Next(ctx, &r) {
		x.stop()
		return
	}
	x.ours.see(x.session.now(), r.Start)
	x.handed[x.session.next+int64(len(x.urls))] = r
	x.urls = append(x.urls, r.URL)
	if len(x.handed) == 1 { // it had nothing to report before
		x.expect()
	}
	if len(x.urls) == mostURLs {
		x.sayStart()
	}
}

// mostURLs is how many requests are handed over in one line at most.
const mostURLs = 1000

// sayStart tells the program of the requests that have been started since it was last called.
func (x *exchange) sayStart() {
	if len(x.urls) == 0 {
		return
	}
	x.unsaid = append(x.unsaid, `{"start":{"first":`...)
	x.unsaid = strconv.AppendInt(x.unsaid, x.session.next, 10)
	x.unsaid = append(x.unsaid, `,"urls":`...)
	x.unsaid = appendStrings(x.unsaid, x.urls)
	x.unsaid = append(x.unsaid, "}}\n"...)
	x.session.next += int64(len(x.urls))
	x.urls = x.urls[:0]
}

// stop tells the program that there is nothing more to start.
func (x *exchange) stop() {
	if x.last {
		return
	}
	x.sayStart()
	x.unsaid = append(x.unsaid, "{\"stop\":{}}\n"...)
	x.last = true
	x.expect()
}

// grace is how much longer than a request's timeout a program may take to report something.
const grace = 5 * time.Second

func (x *exchange) patience() time.Duration { return x.session.target.Timeout + grace }

// expect gives the program time anew, if it has anything to say.
func (x *exchange) expect() {
	x.due = 0
	if len(x.handed) > 0 || x.last {
		x.due = x.session.now() + x.patience()
	}
}

// take takes a message and reports whether it was the last.
func (x *exchange) take(m *message) (over bool, err error) {
	switch {
	case m.Done != nil:
		return false, x.settle(m.Done, m.arrived)
	case m.Error != nil:
		return false, reason(*m.Error)
	case m.Stopped == nil:
		return false, errors.New("it said hello or opened in the middle of a run")
	case !x.last || len(x.unsaid) > 0:
		return false, errors.New("it stopped before it was told to")
	case len(x.handed) > 0:
		return false, fmt.Errorf("it stopped with %d requests unreported", len(x.handed))
	}
	x.session.connections.Store(int64(m.Stopped.Connections))
	return true, nil
}

// settle hands the outcomes of a report over.
func (x *exchange) settle(done *report, arrived time.Duration) error {
	x.theirs.see(arrived, done.Now)
	for i := range done.Outcomes {
		o := &done.Outcomes[i]
		r, ok := x.handed[o.number]
		switch {
		case !ok && o.number < x.session.next:
			return fmt.Errorf("it reported request %d twice, or in a run other than its own", o.number)
		case !ok:
			return fmt.Errorf("it reported request %d, which it was not handed", o.number)
		}
		if err := x.date(&r, o, done.Now); err != nil {
			return err
		}
		delete(x.handed, o.number)
		x.worker.Done(&r, o.outcome)
	}
	x.ahead.see(len(done.Outcomes), arrived)
	if len(done.Outcomes) > 0 {
		x.expect()
	}
	return nil
}

// Times that are further off than slack, and a hundredth of the run for clocks that drift, are not those of the request:
// they are in another unit, or of another clock.
const slack = 250 * time.Millisecond

// date sets when a request really began and how long it took, on the Worker's clock. Since messages take a while the
// times may be a little late, but none is before Next or in the future.
func (x *exchange) date(r *Request, o *reported, written time.Duration) error {
	now := x.session.now()
	tolerance := slack + (now-x.began)/100
	now -= x.ours.least
	start := o.start + x.theirs.least - x.ours.least
	if start < r.Start-tolerance || o.start+o.latency > written+tolerance {
		return fmt.Errorf("request %d began %v before it was handed over, or ended after it was reported: want all times in nanoseconds of one clock",
			o.number, max(0, r.Start-start).Round(time.Millisecond))
	}
	latency := min(o.latency, now-r.Start)
	r.Start = max(r.Start, min(start, now-latency))
	o.outcome.Latency = max(1, latency) // 0 would leave it to the Worker
	return nil
}

// abandon hands back the requests that the program was handed and nothing more will be heard of.
func (x *exchange) abandon(err error) {
	for number, r := range x.handed {
		delete(x.handed, number)
		x.worker.Done(&r, Outcome{Class: Other, Err: err})
	}
}
