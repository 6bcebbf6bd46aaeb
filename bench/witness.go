package bench

import (
	"context"
	"fmt"
	"time"

	"sweetspot/results"
)

// reconcile compares the trial with what the target has counted, if it counts. It returns in what they differ, nil if they
// agree.
func (r *runner) reconcile(t *results.Trial) error {
	if r.observe.Witness == nil {
		return nil
	}
	saw, err := r.observe.Witness()
	if err != nil {
		t.Warn(results.Warningf(results.NotWitnessed, "nobody has witnessed it: %v", err))
		return nil
	}
	err = contradiction(t, saw)
	t.Witnessed = err == nil
	return err
}

// contradiction returns in what a trial differs from what the target saw. A failed request may not have reached the target,
// and a request that was given up may still be under way there.
func contradiction(t *results.Trial, saw ServerCounts) error {
	made := t.WarmupRequests + t.Started
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
func (r *runner) resetWitness(ctx context.Context) {
	if r.observe.Witness == nil || ctx.Err() != nil {
		return
	}
	pause(ctx, settleTime)
	_, _ = r.observe.Witness() // an error shows again when the next trial is reconciled
}
