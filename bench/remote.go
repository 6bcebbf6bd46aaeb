package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"sweetspot/bench/arrivals"
	"sweetspot/bench/tally"
	"sweetspot/results"
	"sweetspot/strategies"
)

// A Remote is an optional interface of a [strategies.Session] whose requests other machines make. Its Run is not called.
type Remote interface {
	// Measure measures one trial: the sum of the parts that its machines make, see [Order.Share] and [Merge]. Progress must be
	// called every 10 ms or so with the share of the trial that is done, from 0 to 1. It returns nil if ctx ended before there was
	// anything to measure; if ctx ends later, it returns within a second what was measured by then. An error that wraps [ErrVoid] says that the trial
	// must not count, such as because a machine was lost; with it may come what was measured all the same. Another error is that
	// of a session that has broken down.
	Measure(ctx context.Context, order Order, progress func(share float64)) (*Measurement, error)
	// Restore waits, after an [ErrVoid], until trials can be measured by the same machines as before, also those of other sessions
	// on them. The error says why that will not be.
	Restore(ctx context.Context) error
	// Here reports whether the machines are this one: they share its ports, and reach servers on its loopback address.
	Here() bool
}

// A Measurement is what was measured of a trial, or of a machine's part of it. In JSON it is exact.
type Measurement = tally.Measurement

// A Part is what one machine measured of a trial.
type Part = tally.Part

// ErrVoid is wrapped by the error of a trial that must not count.
var ErrVoid = tally.ErrVoid

// ErrLate is wrapped by the error of a trial that must not count because a machine was late. It wraps [ErrVoid].
var ErrLate = tally.ErrLate

// Latest is how late a part of a trial may begin or end.
const Latest = tally.Latest

// Merge returns the sum of the parts of a trial, which was to begin at that instant: see [tally.Merge].
func Merge(at time.Time, parts []Part) (*Measurement, error) { return tally.Merge(at, parts) }

// An Order is what one trial measures.
type Order struct {
	Load  Load          // as the trial has it: its rate, its warm-up, and the least time and completions of its window
	Limit int           // requests in flight, at most
	Phase time.Duration // by which the arrivals of an open loop are later: those of machines that share constant ones alternate
}

// batch reports whether the trial is a batch, and not a window.
func (o Order) batch() bool { return o.Load.Requests > 0 }

// Done returns how much of the trial is done, when that many requests have ended since its beginning, that long ago: the share of
// a batch's requests; or of the least time and the least completions of a window, whichever is less. It may be more than 1.
func (o Order) Done(since time.Duration, ended int64) float64 {
	if o.batch() {
		return float64(ended) / float64(o.Load.Requests)
	}
	done := since.Seconds() / o.Load.Duration.Seconds()
	if o.Load.Completions > 0 {
		done = min(done, float64(ended)/float64(o.Load.Completions))
	}
	return done
}

// Machines returns how many of n machines the order has work for: each needs a slot, and a request of a batch.
func (o Order) Machines(n int) int {
	n = min(n, o.Limit)
	if o.batch() {
		n = int(min(int64(n), o.Load.Requests))
	}
	return n
}

// Share returns the part of the order for machine i, from 0, of n, which must be at most [Order.Machines]. The slots are dealt to
// the machines in turn, and the requests to the slots in turn. So the limits add up to the limit; the requests are made once each,
// and each machine has as many for a slot; and the rate is split by the slots. Poisson arrivals have another seed on each machine,
// so that together they are Poisson arrivals at the whole rate. The time of the window is that of the whole.
func (o Order) Share(i, n int) Order {
	share := o
	d := deal{first: int64(i), step: int64(n), slots: int64(o.Limit)}
	d.own = d.of(d.slots)
	part := float64(d.own) / float64(o.Limit)
	share.Limit = int(d.own)
	share.Load.Rate *= part
	share.Load.Requests, share.Load.Completions = d.requests(o.Load.Requests), d.requests(o.Load.Completions)
	share.Load.Seed += uint64(i) * 0x9e3779b97f4a7c15 // odd, so that no two are the same
	if o.Load.Arrivals == arrivals.Constant {
		share.Phase += time.Duration(float64(i) / o.Load.Rate * float64(time.Second))
	}
	share.Load.hosts = nil
	if n > 1 {
		share.Load.URLs = dealtURLs{o.Load.URLs, d}
		if o.Load.Messages != nil {
			share.Load.Messages = dealtMessages{o.Load.Messages, d}
		}
	}
	return share
}

// A deal says which slots, and which requests, one of several machines has: the slots first, first+step and so on.
type deal struct{ first, step, slots, own int64 }

// of returns how many of the first n slots the machine has.
func (d deal) of(n int64) int64 { return max(0, (n-d.first+d.step-1)/d.step) }

// requests returns how many of the first n requests the machine makes.
func (d deal) requests(n int64) int64 { return n/d.slots*d.own + d.of(n%d.slots) }

// index returns the index, among the requests of all, of the machine's i-th.
func (d deal) index(i int64) int64 { return i/d.own*d.slots + i%d.own*d.step + d.first }

// dealtURLs are the URLs of one machine's requests.
type dealtURLs struct {
	all URLs
	deal
}

// Len returns after how many the first comes again.
func (d dealtURLs) Len() int64 {
	if n := d.all.Len(); n < math.MaxInt64/d.own {
		return n * d.own
	}
	return math.MaxInt64
}

// At returns the i-th URL.
func (d dealtURLs) At(i int64) string { return d.all.At(d.index(i)) }

// dealtMessages are the messages of one machine's requests.
type dealtMessages struct {
	all Messages
	deal
}

// Message returns the message of the i-th request.
func (d dealtMessages) Message(i int64, url string) *strategies.Message {
	return d.all.Message(d.index(i), url)
}

// DifferByHost implements [HostMessages].
func (d dealtMessages) DifferByHost() bool {
	m, differ := d.all.(HostMessages)
	return differ && m.DifferByHost()
}

// Redirected implements [HostMessages].
func (d dealtMessages) Redirected(i int64, url string, elsewhere bool) *strategies.Message {
	return d.all.(HostMessages).Redirected(d.index(i), url, elsewhere)
}

// tainting are the codes of warnings about a part of a trial that say something about its machine. What they say of one machine may
// not show in the sum.
var tainting = []results.Code{results.NoCompletions, results.Stalled, results.ClientBusy, results.EmptySlots, results.SlowToFill, results.RateMissed, results.NoPorts}

// taints returns what speaks against the machines that made a trial, each by its name. What the trial says already, and is true of
// all of them, it leaves out.
func taints(t *results.Trial, parts []Part, load Load) []results.Warning {
	by := map[results.Code][]results.Warning{}
	var all []results.Warning
	for _, p := range parts {
		all = append(all, results.About(p.Name+": ", p.Warnings)...)
		own, err := p.Measurement.Report()
		if err != nil {
			continue // the sum could be reported
		}
		own.Limit, own.Processors = p.Limit, p.Measurement.Used.Processors
		part := load
		part.Rate *= float64(p.Limit) / float64(t.Limit)
		part.Requests = min(load.Requests, own.Started)
		validate(own, part)
		warnOpenLoop(own, part, p.Measurement.Counts.Waited())
		if n := p.Measurement.Counts.WithoutPort(); n > 0 {
			own.Warn(noPorts(n))
		}
		for _, w := range results.About(p.Name+": ", own.Warnings) {
			by[w.Code] = append(by[w.Code], w)
		}
	}
	for _, code := range tainting {
		said := slices.ContainsFunc(t.Warnings, func(w results.Warning) bool { return w.Code == code })
		if !said || len(by[code]) < len(parts) {
			all = append(all, by[code]...)
		}
	}
	return all
}

// A voided is the error of a void trial.
type voided struct {
	why        string
	repeatable bool // its machines are back
	late       bool // and it is to be made again in its place
}

func (v voided) Error() string { return v.why }
func (v voided) Unwrap() error { return ErrVoid }

// isRepeatable reports whether an error is that of a void trial which can be made again.
func isRepeatable(err error) bool {
	var v voided
	return errors.As(err, &v) && v.repeatable
}

// void keeps a void trial, with which its block is void. If it is to be made again, void waits until its machines can. The error wraps
// [ErrVoid], or it is ctx's: see isRepeatable.
func (r *runner) void(ctx context.Context, c candidate, t *results.Trial, at place) error {
	why := t.Warnings[len(t.Warnings)-1]
	v := voided{why: why.Text, late: why.Code == results.AgentLate && at.late < mostLate}
	if !at.whole || v.late {
		t.Block = results.NoBlock
	}
	if err := r.keep(t); err != nil {
		return err
	}
	r.voided = results.VoidBlocks(r.trials)
	if v.late {
		return r.restored(ctx, c, v)
	}
	if at.repeat {
		return v
	}
	for i := range r.trials {
		if of := &r.trials[i]; of.Block == t.Block && at.whole {
			r.fates[of.At().AnyLimit()].toCome++
		}
	}
	what := "it is made again"
	if at.whole {
		what = fmt.Sprintf("block %d does not count, and another one is measured in its place", t.Block)
	}
	err := r.restored(ctx, c, v)
	if isRepeatable(err) {
		r.alert(results.Warningf(results.AgentLost, "%s: %s", v.why, what))
	}
	return err
}

// restored waits until the machines of a void trial are back, and returns the error of it: see [runner.void].
func (r *runner) restored(ctx context.Context, c candidate, v voided) error {
	if err := r.restore(ctx, c); err != nil {
		v.why, v.late = v.why+": "+err.Error(), false
		return cmp.Or(ctx.Err(), error(v))
	}
	c.target.resetWitness(ctx)
	v.repeatable = true
	if v.late {
		r.late, r.latest = r.late+1, v.why
	}
	return v
}

// restore waits until the machines of the candidate can measure again, and shows meanwhile that it does.
func (r *runner) restore(ctx context.Context, c candidate) error {
	began, back := time.Now(), make(chan error, 1)
	go func() { back <- c.session.(Remote).Restore(ctx) }()
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		select {
		case err := <-back:
			return err
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
			r.progress(c, 0, time.Since(began), "waiting for its machines")
		}
	}
}

// concluded returns what a run has found, with its error. A warning says if trials were made again. It is no error that machines were lost if something was measured before:
// then a warning says from what the run concludes.
func (r *runner) concluded(found Findings, err error) (Findings, error) {
	if r.late > 0 {
		w := results.Warningf(results.AgentLate, "trials that were made again: %d; the last: %s", r.late, r.latest)
		found.Warnings = append(found.Warnings, w.With("trials", float64(r.late)))
	}
	if !errors.Is(err, ErrVoid) || r.counting() == 0 {
		return found, err
	}
	w := results.Warningf(results.AgentLost, "%v: the run ended early, and concludes from the %d trials before", err, r.counting())
	found.Warnings = append(found.Warnings, w.With("trials", float64(r.counting())))
	return found, nil
}
