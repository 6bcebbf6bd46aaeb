package bench

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"time"

	"sweetspot/results"
	"sweetspot/strategies"
)

// The bounds beyond which a figure gets a warning.
const (
	littleTolerance = 0.02 // of Little's law, where the window's edges do not explain more
	edgeDeviations  = 3    // standard deviations that the edges may explain
	emptySlots      = 0.95 // of the limit, below which slots were not kept full
	busyClient      = 0.75 // share of the processors that the client may use
	atRate          = 0.95 // of the rate that was asked for, above which the rate is what limits
)

// The shares that both the warnings of trials and the signs of a bottleneck are taken from.

// failedShare returns how many of the requests that ended failed.
func failedShare(t *results.Trial) float64 {
	return float64(t.Failures()) / float64(max(1, t.Completed()))
}

// processors returns how many processors the client of a trial may use: of this machine, or of those that made the requests.
func processors(t *results.Trial) int { return cmp.Or(t.Processors, runtime.GOMAXPROCS(0)) }

// busyShare returns how much of the processors that the client may use it did.
func busyShare(t *results.Trial) float64 { return t.CPU / t.Elapsed / float64(processors(t)) }

// fullShare returns how much of the limit was in flight.
func fullShare(t *results.Trial) float64 { return t.InFlightMean / float64(t.Limit) }

// validate attaches a warning to the trial for everything that speaks against its figures.
func validate(t *results.Trial, load Load) {
	completed := float64(t.Completed())
	if completed == 0 {
		t.Warn(results.Warningf(results.NoCompletions, "no request ended in the measured window"))
		return
	}
	if failed := failedShare(t); failed > 0 {
		t.Warn(results.Warningf(results.Failures, "%s of the requests failed", percent(failed)).With("failed_share", failed))
	}
	warnLittle(t, load)
	warnRate(t, load)
	warnStall(t)
	if busy := busyShare(t); busy > busyClient {
		t.Warn(results.Warningf(results.ClientBusy,
			"the client used %s of its processors: it may be the bottleneck, not the server", percent(busy)).With("busy_share", busy))
	}
	if replaced(t, load) {
		t.Warn(results.Warningf(results.ManyConnections, "it took %d connections: client or server does not keep them open, and each new one costs a handshake",
			t.Connections).With("connections", float64(t.Connections)))
	}
	if redirects := redirected(t.Status); redirects > 0 && load.Follow == 0 {
		t.Warn(results.Warningf(results.Redirects, "%s of the answers are redirects, which are not followed",
			percent(float64(redirects)/completed)).With("redirected_share", float64(redirects)/completed))
	}
}

// replaced reports whether the trial took more connections than it needed: to each host as many as the limit, and another for each
// request that failed, which ends its connection. There may be a few more, when a dial and an idle connection race. Of a load
// with very many hosts it is not known, nor where redirects may have led to others.
func replaced(t *results.Trial, load Load) bool {
	surplus := t.Connections - int(min(t.Failures(), math.MaxInt32))
	number, known := load.hosts.count()
	return known && t.Redirects == 0 && surplus > 2*t.Limit*number
}

// What makes a time in which no request ended a stall. It is the longer of shortestStall and a multiple of what is usual, and
// a multiple of the usual time from one end to the next.
const (
	shortestStall  = 0.5 // seconds
	stallLatencies = 10  // medians of the latency
	stallIntervals = 20  // mean times from one end to the next
)

// warnStall says that for a time no request ended, far longer than usual.
func warnStall(t *results.Trial) {
	usual := max(stallLatencies*t.Latency.P50, stallIntervals*t.Elapsed/float64(t.Completed()))
	if t.Stall >= max(shortestStall, usual) {
		t.Warn(results.Warningf(results.Stalled, "for %.2g s no request ended: the server, the network or the client stood still", t.Stall).
			With("seconds", t.Stall))
	}
}

// warnLittle checks the trial against Little's law, L = X W: in a steady state the mean number in flight is the throughput
// times the mean latency. Both sides are measured independently. If the limit is kept full, the number in flight is the
// limit.
//
// The latencies are of those that ended in the window, so the two sides differ by the ages of what was in flight when it
// opened, less the ages of what was cut off. In a steady state that is 0 on average, with a standard deviation of
// sqrt(2 L) latencies if latencies are about exponential: 3.7% of a window of 300 completions at a limit of 60. A
// difference of more than three of those is a sign that the trial was disturbed. On a machine whose processors others
// wanted too, trials that were off by under 2% had a median error of 1%, by 2 to 5% one of 5%, and by more one of 35%.
func warnLittle(t *results.Trial, load Load) {
	little := float64(t.Completed()) / t.Elapsed * meanLatency(t)
	edges := edgeDeviations * math.Sqrt(2*t.InFlightMean) / float64(t.Completed())
	if math.Abs(little/t.InFlightMean-1) > max(littleTolerance, edges) {
		t.Warn(results.Warningf(results.Unsteady, "throughput x latency is %.1f but %.1f were in flight: not a steady state",
			little, t.InFlightMean).With("throughput_x_latency", little).With("in_flight_mean", t.InFlightMean))
	}
	full := fullShare(t)
	switch {
	case t.SettledLimit > 0:
		t.Warn(results.Warningf(results.LimitSettled,
			"the limit moved by itself: it settled on %d of the %d allowed", t.SettledLimit, t.Limit).With("settled_limit", float64(t.SettledLimit)))
	case full >= emptySlots:
	case load.Requests > 0 && int64(t.Limit) >= load.Requests:
		// All of the batch starts at once, and no slot has to be filled again.
	case load.Rate > 0:
		// A rate is meant to leave slots empty.
	case load.Requests > 0 && (1-full)*t.Elapsed <= longestLatency(t): // no slot is empty for longer while the last end
		t.Warn(results.Warningf(results.BatchTail, "slots were full %s of the time: a batch of %d ends with slots empty",
			percent(full), load.Requests).With("full_share", full))
	case load.Requests > 0:
		t.Warn(results.Warningf(results.SlowToFill,
			"slots were full %s of the time: the client is slow to fill them, and may be the bottleneck", percent(full)).With("full_share", full))
	default:
		t.Warn(results.Warningf(results.EmptySlots, "slots were full %s of the time", percent(full)).With("full_share", full))
	}
}

// meanLatency is over successes and failures, since both fill slots.
func meanLatency(t *results.Trial) float64 {
	sum := t.Latency.Mean * float64(t.Succeeded)
	if t.FailedLatency != nil {
		sum += t.FailedLatency.Mean * float64(t.Failures())
	}
	return sum / float64(t.Completed())
}

// longestLatency is over successes and failures too.
func longestLatency(t *results.Trial) float64 {
	if t.FailedLatency != nil {
		return max(t.Latency.Max, t.FailedLatency.Max)
	}
	return t.Latency.Max
}

func redirected(status map[int]int64) int64 {
	var n int64
	for code, count := range status {
		if code >= 300 && code < 400 && code != 304 {
			n += count
		}
	}
	return n
}

func percent(share float64) string {
	switch {
	case share < 0.001:
		return "under 0.1%"
	case share < 0.1:
		return fmt.Sprintf("%.1f%%", 100*share)
	}
	return fmt.Sprintf("%.0f%%", 100*share)
}

// warnStreams says that the server allows fewer requests at a time on one connection than the candidate could have there.
func (c candidate) warnStreams(t *results.Trial, m *Measurement) {
	allowed, wanted := m.Usage.Streams, c.limit
	if len(m.Parts) > 0 { // each machine has connections of its own
		wanted = slices.MaxFunc(m.Parts, func(a, b Part) int { return a.Limit - b.Limit }).Limit
	}
	if c.streams > 0 {
		wanted = min(wanted, c.streams)
	}
	if allowed > 0 && allowed < wanted {
		t.Warn(results.Warningf(results.StreamsBound, "the server allows %d requests at a time on one connection, so that there were %d", allowed, t.Connections).
			With("streams", float64(allowed)).With("connections", float64(t.Connections)))
	}
}

// warnProtocol says that the server has seen requests in another protocol than the strategy's.
func warnProtocol(t *results.Trial, own strategies.Protocol, saw ServerCounts) {
	for p, n := range saw.Over {
		if p := strategies.Protocol(p); p != own && n > 0 {
			t.Warn(results.Warningf(results.OtherProtocol, "the server saw %d requests in %v, and the strategy is one over %v", n, p, own).
				With("requests", float64(n)))
		}
	}
}

// reconcile compares the trial with what the target has counted, if it counts. It returns in what they differ, nil if they
// agree.
func (c candidate) reconcile(t *results.Trial) error {
	on := c.target
	if on.witness == nil {
		return nil
	}
	saw, err := on.witness()
	if err != nil {
		t.Warn(results.Warningf(results.NotWitnessed, "nobody has witnessed it: %v", err))
		return nil
	}
	warnProtocol(t, strategies.ProtocolOf(c.strategy), saw)
	err = contradiction(t, saw)
	if t.Witnessed = err == nil; t.Witnessed && saw.Requests > 0 {
		t.Server = saw.InFlight.Seconds() / float64(max(1, saw.Requests-t.Redirects))
	}
	return err
}

// contradiction returns in what a trial differs from what the target saw. A failed request may not have reached the target,
// and a request that was given up may still be under way there.
func contradiction(t *results.Trial, saw ServerCounts) error {
	made := t.WarmupRequests + t.Started + t.Redirects
	switch {
	case saw.Requests > made, saw.Requests < made && t.FirstError == "":
		return fmt.Errorf("it says that it made %d requests, the server saw %d", made, saw.Requests)
	case saw.PeakInFlight > t.Limit && t.FirstError == "":
		return fmt.Errorf("the server saw %d requests at once, and the limit is %d", saw.PeakInFlight, t.Limit)
	}
	return nil
}

// settleTime lets the requests of a program that was ended arrive, so that they are not counted for the next trial.
const settleTime = 200 * time.Millisecond

// resetWitness resets the target's counters.
func (on *target) resetWitness(ctx context.Context) {
	if on.witness == nil || ctx.Err() != nil {
		return
	}
	pause(ctx, settleTime)
	_, _ = on.witness() // an error shows again when the next trial is reconciled
}
