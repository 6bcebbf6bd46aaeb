package results

// A Purpose says what a trial was made for if not to measure its strategy as it is. Such a trial does not count for the
// strategy's figures. The empty purpose is that of all other trials.
type Purpose string

// The purposes.
const (
	Control     Purpose = "control"     // a trial of a second copy of the strategy, which ought to measure the same as the first
	Causal      Purpose = "causal"      // the client was slowed down on purpose, to see whether it is the bottleneck
	Interrupted Purpose = "interrupted" // the trial was cut short; it counts if the strategy has no other at the limit
)

// A Trial is one measured run of one strategy at one limit. Started = Succeeded + the sum of Failed + CutOff, exactly.
type Trial struct {
	Strategy       string           `json:"strategy"`
	Limit          int              `json:"limit"`
	Purpose        Purpose          `json:"purpose,omitempty"`
	Offset         float64          `json:"offset_seconds,omitempty"` // from the run's start to the start of the measured window
	Block          int              `json:"block"`                    // trials of a block are neighbours in time, in random order
	WarmupRequests int64            `json:"warmup"`                   // that ended before the measured window and do not count
	Started        int64            `json:"started"`                  // requests that were in flight at some time in the measured window, or that a program had been given by its end
	Succeeded      int64            `json:"succeeded"`
	Failed         map[string]int64 `json:"failed"`  // by class; every class is present
	CutOff         int64            `json:"cut_off"` // still in flight when the window ended, or not begun yet by the program that had been given them
	Status         map[int]int64    `json:"status"`  // responses by HTTP status
	Bytes          int64            `json:"bytes"`   // of the bodies of successful responses
	Elapsed        float64          `json:"elapsed_seconds"`
	PerSecond      float64          `json:"per_second"` // goodput: Succeeded / Elapsed
	Latency        Latency          `json:"latency_seconds"`
	FailedLatency  *Latency         `json:"failed_latency_seconds,omitempty"`
	CPU            float64          `json:"cpu_seconds"` // processor time of the client in the measured window
	InFlightMean   float64          `json:"in_flight_mean"`
	Wire           float64          `json:"wire_seconds,omitempty"`           // mean time from a request's first byte sent to its response's last byte received; 0 if unknown
	Scheduling     float64          `json:"scheduling_p99_seconds,omitempty"` // time that goroutines of the client waited for a processor
	Connections    int              `json:"connections"`                      // distinct connections that carried the trial's requests
	SettledLimit   int              `json:"settled_limit,omitempty"`          // the limit that the strategy moved to by itself, which may be below Limit; 0 if it keeps to Limit
	Memory         int64            `json:"memory_bytes,omitempty"`           // largest resident memory so far of the external program that made the requests; 0 if this one did
	FirstError     string           `json:"first_error,omitempty"`
	Witnessed      bool             `json:"witnessed,omitempty"` // whether the bundled server, which counts too, agrees with the counts
	Error          string           `json:"error,omitempty"`     // why the strategy broke down in this trial, which then measured nothing
	Warnings       []Warning        `json:"warnings"`
	Codes          []Coded          `json:"warning_codes,omitempty"`
	Histogram      Encoded          `json:"latency_histogram,omitempty"` // of the successes, in nanoseconds
	Series         []Second         `json:"series,omitempty"`            // the measured window second by second, the last may be shorter; empty if the window was shorter than 2 s
}

// Completed returns how many requests of the trial ended in its window, whether they succeeded or failed.
func (t *Trial) Completed() int64 { return t.Started - t.CutOff }

// Failures returns how many requests of the trial failed, of all classes.
func (t *Trial) Failures() int64 { return t.Completed() - t.Succeeded }

// Warn adds a warning to the trial.
func (t *Trial) Warn(warning Warning) { t.Warnings = append(t.Warnings, warning) }

// A Second is what ended in one second of a trial's measured window.
type Second struct {
	Succeeded int64   `json:"succeeded"`
	Failed    int64   `json:"failed"`
	Mean      float64 `json:"mean_seconds"` // mean latency of the successes; 0 if there are none
}
