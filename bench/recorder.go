package bench

import (
	"context"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"sweetspot/bench/arrivals"
	"sweetspot/bench/tally"
	"sweetspot/strategies"
)

// A recorder is the Work of one Run: it hands out the load's requests and counts what becomes of them.
//
// Recording must not slow the strategy down. Each worker therefore writes outcomes into its own shard, without a lock or an
// allocation, and adds them to the counters a few dozen at a time. So memory is bounded by the number of workers, not of
// requests, and the one lock is taken rarely.
type recorder struct {
	urls     URLs
	messages Messages // of the requests; nil if they send what the target says
	hosts    *hosts
	most     int64 // requests to start; math.MaxInt64 for no bound
	pace     *rate.Limiter
	epoch    time.Time // the zero of the recorder's clock

	arrivals *arrivals.Source // of an open loop; nil in a closed one

	round        int64        // size of the round whose starts are spread out; 0 is none
	firstLatency atomic.Int64 // latency of the first request to end, a time.Duration
	began        atomic.Int64 // when request 0 was started, a time.Duration

	aborted atomic.Bool  // whether the session is being closed: a request that fails from now on has not ended by itself
	claimed atomic.Int64 // requests asked for; some of them are not made when the Run ends
	ended   atomic.Int64 // requests that have ended, as far as they are flushed

	mu        sync.Mutex
	succeeded int64 // of those that ended
	window    window
	counts    *tally.Tally
	workers   []*worker
}

// never is a time on the recorder's clock that does not come.
const never = tally.Never

// newRecorder returns the Work that starts the first most requests of the order, all of which count. If most is 0 it starts
// requests until the window is shut, and none count before the window is opened.
func newRecorder(order Order, most int64) *recorder {
	load := order.Load
	r := &recorder{
		urls: load.URLs, messages: load.Messages, hosts: load.hosts, most: most, epoch: time.Now(),
		counts: tally.New(tally.Shape{Limit: order.Limit, Rate: load.Rate, Open: load.Arrivals != "", Hosts: load.hosts.list()}),
	}
	if most == 0 {
		r.most = math.MaxInt64
		r.window.from = never
	}
	switch {
	case load.Arrivals != "":
		r.arrivals = arrivals.Open(load.Arrivals, load.Rate, load.Seed, r.most, order.Limit, r.now)
		r.arrivals.Delay(order.Phase)
	case load.Rate > 0:
		r.pace = rate.NewLimiter(rate.Limit(load.Rate), 1+int(load.Rate*timerDelay.Seconds()))
	}
	r.window.to.Store(int64(never))
	return r
}

// stagger spreads the starts of the second round of requests, as many as the limit, evenly over one latency, that of the
// first request to end. Otherwise requests that all started together would stay in step as long as their latencies are
// equal, and a window would count one round more or less, depending on where it is cut.
func (r *recorder) stagger(limit int) { r.round = int64(limit) }

// turn returns when request index may start, on the recorder's clock: 0 is at once.
func (r *recorder) turn(index int64) time.Duration {
	switch {
	case index >= r.most:
		return 0 // there is no such request
	case r.pace != nil:
		return r.now() + r.pace.Reserve().Delay()
	case index >= r.round && index < 2*r.round:
		return time.Duration(index * (r.firstLatency.Load() / r.round)) // the second round is due from one latency to two
	}
	return 0
}

// timerDelay is how late a timer may be. Starts that become due meanwhile are made up for, and no others, so that starts are
// as evenly spaced as timers allow.
const timerDelay = 2 * time.Millisecond

func (r *recorder) now() time.Duration { return time.Since(r.epoch) }

// Worker implements [strategies.Work].
func (r *recorder) Worker() strategies.Worker {
	w := &worker{recorder: r}
	r.mu.Lock()
	r.workers = append(r.workers, w)
	r.mu.Unlock()
	return w
}

// result flushes what the workers still hold and returns the counts. No request may be in flight.
func (r *recorder) result() *tally.Tally {
	for _, w := range r.workers {
		w.flush()
	}
	return r.counts
}

// A window is the part of a Run that is measured: requests that end in (from, to] count, and those that are in flight at
// its end are cut off.
type window struct {
	from time.Duration // written and read under the recorder's lock
	to   atomic.Int64  // a time.Duration, written under the lock; nothing is started from then on
}

// open begins the window at that instant, or now if it has passed, which it returns. A window that has been shut stays as it is.
// Requests that were flushed before have ended before it, since flushing takes the lock too.
func (r *recorder) open(at time.Time) time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	from := max(at.Sub(r.epoch), r.now())
	if r.to() == never {
		r.window.from = from
	}
	return r.epoch.Add(from)
}

// shut ends the window at that instant, or now if it has passed, unless it ends before that already. It returns when it ends.
// Requests that were flushed before have ended in it.
func (r *recorder) shut(at time.Time) time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	to := min(r.to(), max(at.Sub(r.epoch), r.now()))
	r.window.to.Store(int64(to))
	return r.epoch.Add(to)
}

// to returns the end of the window, never if it is not known yet.
func (r *recorder) to() time.Duration { return time.Duration(r.window.to.Load()) }

// abort shuts the window. Requests in flight count as cut off from now on, whatever becomes of them.
func (r *recorder) abort() {
	r.shut(time.Time{})
	r.aborted.Store(true)
}

// hopeless reports whether as many requests as the limit have ended without one success: it is no use to wait for more.
func (r *recorder) hopeless(limit int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.succeeded == 0 && r.ended.Load() >= int64(limit)
}

// length returns how long the window is, 0 if it was never opened.
func (r *recorder) length() time.Duration {
	return max(0, r.to()-r.window.from)
}

// closeArrivals counts what was due in an open loop whose window or batch ended at that time. No Run may be in progress.
func (r *recorder) closeArrivals(end time.Duration) {
	if r.arrivals != nil {
		r.counts.Close(r.arrivals, r.window.from, end, r.origin())
	}
}

// close frees what the recorder needs for its arrivals. No Run may be in progress.
func (r *recorder) close() {
	if r.arrivals != nil {
		r.arrivals.Close()
	}
}

// origin returns when what is measured begins, under the recorder's lock: a window when it opens, a batch with its first
// request.
func (r *recorder) origin() time.Duration { return max(r.window.from, time.Duration(r.began.Load())) }

// shardSize is how many outcomes are flushed together: enough that the lock costs little, few enough that the shards of ten
// thousand workers fit into 30 MB.
const shardSize = 32

// flushInterval is how long an outcome may wait in a shard, so that progress shows when answers are slow.
const flushInterval = 100 * time.Millisecond

// A worker implements [strategies.Pacer]. Only the goroutine that holds it writes it.
type worker struct {
	recorder *recorder
	claims   bool          // whether index is claimed for the request that Next will start
	index    int64         // of it
	turn     time.Duration // when it may start; 0 is at once
	flushed  time.Duration // when the shard was last flushed
	held     int           // outcomes in the shard
	shard    [shardSize]tally.Completion
}

func (w *worker) Next(ctx context.Context, request *strategies.Request) bool {
	r := w.recorder
	if !w.await(ctx) || w.index >= r.most {
		return false
	}
	now := r.now()
	if now >= r.to() {
		return false
	}
	if w.index == 0 {
		r.began.Store(int64(now))
	}
	request.URL, request.Index, request.Start = r.urls.At(w.index), w.index, now
	if r.messages != nil {
		request.Message = r.messages.Message(w.index, request.URL)
	}
	if r.arrivals != nil {
		request.Due, request.Possible = w.turn, r.arrivals.Begin(w.turn)
	}
	return true
}

// Delay claims the worker's next request, if it has none yet, and returns how long it has to wait for its turn.
func (w *worker) Delay() time.Duration {
	if !w.claims {
		w.claim()
	}
	if w.turn == 0 {
		return 0
	}
	return max(0, w.turn-w.recorder.now())
}

func (w *worker) claim() {
	w.claims = true
	if arrivals := w.recorder.arrivals; arrivals != nil {
		a, left := arrivals.Claim()
		w.take(a, left)
		return
	}
	w.index = w.recorder.claimed.Add(1) - 1
	w.turn = w.recorder.turn(w.index)
}

// take makes an arrival the worker's next request, unless none is left.
func (w *worker) take(a arrivals.Arrival, left bool) {
	if w.index, w.turn = a.Index, a.Due; !left {
		w.index = math.MaxInt64
	}
}

// await waits for the worker's turn. It returns false if ctx ends first.
func (w *worker) await(ctx context.Context) bool {
	if arrivals := w.recorder.arrivals; arrivals != nil && !w.claims {
		a, ok := arrivals.Take(ctx)
		w.take(a, ok)
		return ok
	}
	if delay := w.Delay(); delay > 0 {
		timer := time.NewTimer(delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	w.claims = false
	return ctx.Err() == nil
}

func (w *worker) Done(request *strategies.Request, o strategies.Outcome) {
	if w.recorder.arrivals != nil {
		w.recorder.arrivals.End()
	}
	now := w.recorder.now()
	end := now
	if o.Latency > 0 { // an outcome that is reported late counts for when it ended
		end = min(now, request.Start+o.Latency)
	}
	if first := &w.recorder.firstLatency; first.Load() == 0 {
		first.CompareAndSwap(0, max(1, int64(end-request.Start)))
	}
	if o.Class != strategies.OK && w.recorder.aborted.Load() {
		end = never
	}
	w.shard[w.held] = tally.Completion{Start: request.Start, End: end, Due: request.Due, Possible: request.Possible, Outcome: o, Host: w.recorder.hosts.number(request.URL)}
	w.held++
	if w.held == shardSize || now-w.flushed > flushInterval {
		w.flush()
		w.flushed = now
	}
}

func (w *worker) flush() {
	r := w.recorder
	r.mu.Lock()
	defer r.mu.Unlock()
	from, to, origin := r.window.from, r.to(), r.origin()
	for i := range w.shard[:w.held] {
		if w.shard[i].Outcome.Class == strategies.OK {
			r.succeeded++
		}
		r.counts.Add(&w.shard[i], from, to, origin)
		w.shard[i].Outcome.Err = nil // which may hold a lot
	}
	r.ended.Add(int64(w.held))
	w.held = 0
}
