package bench

import (
	"fmt"
	"math"

	"sweetspot/results"
)

// warnRate says of a closed loop with a rate whether the rate was what limited the goodput, and whether it was held.
//
// By Little's law a rate takes as many requests in flight as the rate times the mean latency. A few requests more or less are
// a matter of where the window is cut. As long as slots are empty, those in flight at its end were started in time. Of a
// batch, the last one's latency is no time in which any start.
func warnRate(t *results.Trial, load Load) {
	if load.Rate == 0 || load.Arrivals != "" {
		return
	}
	if t.PerSecond > atRate*load.Rate {
		t.Warn(results.Warningf(results.RateBound,
			"the rate of %g per second limits the goodput, which says nothing about strategy or server", load.Rate).With("rate", load.Rate))
		return
	}
	starting := t.Elapsed
	if load.Requests > 0 {
		starting -= longestLatency(t)
	}
	full := fullShare(t) >= emptySlots
	made := float64(t.Completed())
	if !full {
		made = float64(t.Started)
	}
	held := made / starting
	if starting <= 0 || held > atRate*load.Rate || load.Rate*starting-made < fewMissing {
		return
	}
	w := results.Warningf(results.RateMissed, "the rate of %g per second was not held: %.3g per second were made", load.Rate, held)
	t.Warn(because(w, t, load, full, starting).With("rate", load.Rate).With("per_second", held))
}

// warnOpenLoop says of an open loop whether what was offered was answered, and whether requests waited for slots.
func warnOpenLoop(t *results.Trial, load Load, waited float64) {
	if !t.Open() || t.Completed() == 0 {
		return
	}
	var (
		answered = float64(t.Completed()) / t.Elapsed
		short    = t.Offered*t.Elapsed < fewArrivals
		full     = waited > 0
	)
	switch {
	case *t.Missed >= fewMissing && float64(*t.Missed) > mostMissed*t.Offered*t.Elapsed:
		w := results.Warningf(results.RateMissed, "the rate of %g per second was not held: %d of the requests that were due were not started", load.Rate, *t.Missed)
		t.Warn(because(w, t, load, full, t.Elapsed).With("rate", load.Rate).With("missed", float64(*t.Missed)))
	case load.Requests == 0 && answered < atRate*t.Offered && !short:
		t.Warn(results.Warningf(results.RateMissed, "the rate of %g per second was not held: all of it was started, and the server answered %.3g per second", load.Rate, answered).
			With("rate", load.Rate).With("per_second", answered))
	case load.Requests == 0 && short && math.Abs(t.Offered/load.Rate-1) > 1-atRate:
		w := results.Warningf(results.RateMissed, "the rate of %g per second was not held: %.3g per second were due", load.Rate, t.Offered)
		t.Warn(because(w, t, load, false, t.Elapsed).With("rate", load.Rate).With("per_second", t.Offered))
	case full:
		t.Warn(results.Warningf(results.NoSlot, "%s of the requests had to wait for a slot when they were due: all %d were taken; the response time has that wait, the latency does not",
			percent(waited), t.Limit).With("waited_share", waited).With("limit", float64(t.Limit)))
	}
}

// because adds to a warning why a rate was not held in that many seconds in which requests could start: there were no slots for it,
// there is not enough time to see it, or the client itself was late.
func because(w results.Warning, t *results.Trial, load Load, full bool, seconds float64) results.Warning {
	const rounding = 0.01 // of the latency
	latency := meanLatency(t)
	switch needed := math.Ceil(load.Rate * latency * (1 - rounding)); {
	case full && needed > float64(t.Limit):
		w.Text += fmt.Sprintf(", since a latency of %.3g s takes a limit of %.0f", latency, needed)
		return w.With("limit_needed", needed)
	case full:
		w.Text += fmt.Sprintf(", since all %d slots were taken for a time", t.Limit)
		return w.With("limit_needed", float64(t.Limit+1))
	case load.Rate*seconds < fewArrivals:
		w.Text += fmt.Sprintf(", since the window is too short: at that rate about %.0f are due in %.3g s", load.Rate*seconds, seconds)
		return w.With("window_seconds", seconds)
	}
	if t.Late != nil {
		w.Text += fmt.Sprintf(", since the client was late, by %.3g s at p99", *t.Late)
		return w.With("late_seconds", *t.Late)
	}
	w.Text += ", since the client did not start them in time"
	return w.With("busy_share", busyShare(t))
}

const (
	// fewMissing is how many requests fewer than the rate asks for are no sign that it was missed.
	fewMissing = 2
	// mostMissed is the share of what is due that may be missed: at a sudden end some always wait.
	mostMissed = 0.01
	// fewArrivals is how many requests have to be due for a rate to show: of fewer, one or two make 5%.
	fewArrivals = fewMissing / (1 - atRate)
)
