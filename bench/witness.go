package bench

import (
	"fmt"
	"time"

	"sweetspot/results"
)

// hear asks the target what it saw of the trial, if it can tell. Figures that the target contradicts bear a warning, and
// those that it confirms say so.
func (r *runner) hear(t *results.Trial) {
	if r.observe.Witness == nil {
		return
	}
	saw, err := r.observe.Witness()
	if err != nil {
		t.Warn(fmt.Sprintf("nobody has witnessed it: %v", err))
		return
	}
	before := len(t.Warnings)
	contradict(t, saw)
	t.Witnessed = len(t.Warnings) == before
}

// contradict warns of what a trial says that is not what the target saw. A request that failed may not have got there, and
// one that was given up may still be under way there.
func contradict(t *results.Trial, saw Seen) {
	made := t.Warmup + t.Started
	switch {
	case saw.Requests == made:
	case saw.Requests < made && t.FirstError != "":
	default:
		t.Warn(fmt.Sprintf("it says that it made %d requests, the server saw %d: do not trust its figures", made, saw.Requests))
	}
	if saw.AtOnce > t.Limit && t.FirstError == "" {
		t.Warn(fmt.Sprintf("the server saw %d requests at once: do not trust its figures, since the limit is %d", saw.AtOnce, t.Limit))
	}
}

// settle lets the requests of a program that was ended arrive, so that they are not taken for those of the next trial.
const settle = 200 * time.Millisecond

// forget has the witness begin anew.
func (r *runner) forget() {
	if r.observe.Witness == nil {
		return
	}
	time.Sleep(settle)
	_, _ = r.observe.Witness() // if it fails it will again, when there is something to ask
}
