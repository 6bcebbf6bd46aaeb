package results

// A Purpose says that a trial is none of those that measure its strategy. It does not count for the strategy's figures.
type Purpose string

// The purposes.
const (
	Control     Purpose = "control"     // of a second copy of the strategy, which ought to measure the same as the first
	Causal      Purpose = "causal"      // with the client slowed down on purpose, to see whether that matters
	Interrupted Purpose = "interrupted" // it was to measure the strategy but was cut short; it counts if there is no other
)

// A Trial is one measured run of one strategy at one limit. Started = Succeeded + the sum of Failed + CutOff, exactly.
type Trial struct {
	Strategy       string           `json:"strategy"`
	Limit          int              `json:"limit"`
	Purpose        Purpose          `json:"purpose,omitempty"`
	Offset         float64          `json:"offset_seconds,omitempty"` // from the run's start to the opening of the measured window
	Block          int              `json:"block"`                    // trials of a block are neighbours in time, in random order
	WarmupRequests int64            `json:"warmup"`                   // requests that ended before the measured window and count for nothing
	Started        int64            `json:"started"`                  // requests in flight at some time in the measured window, or handed to a program by its end
	Succeeded      int64            `json:"succeeded"`
	Failed         map[string]int64 `json:"failed"`  // by class; every class is present
	CutOff         int64            `json:"cut_off"` // still in flight when the window closed, or not begun yet by the program that had been handed them
	Status         map[int]int64    `json:"status"`  // answers by HTTP status
	Bytes          int64            `json:"bytes"`   // of response bodies that succeeded
	Elapsed        float64          `json:"elapsed_seconds"`
	PerSecond      float64          `json:"per_second"` // goodput: Succeeded / Elapsed
	Latency        Latency          `json:"latency_seconds"`
	FailedLatency  *Latency         `json:"failed_latency_seconds,omitempty"`
	CPU            float64          `json:"cpu_seconds"` // the client's, in the measured window
	InFlightMean   float64          `json:"in_flight_mean"`
	Wire           float64          `json:"wire_seconds,omitempty"`           // mean time from the first byte of a request out to the last of its response in; 0 if unknown
	Scheduling     float64          `json:"scheduling_p99_seconds,omitempty"` // that goroutines of the client waited for a processor
	Connections    int              `json:"connections"`                      // distinct ones that carried this trial's requests
	SettledLimit   int              `json:"settled_limit,omitempty"`          // that a strategy moved to by itself, which may be below Limit
	Memory         int64            `json:"memory_bytes,omitempty"`           // resident, at its largest so far, of the program that made the requests
	FirstError     string           `json:"first_error,omitempty"`
	Witnessed      bool             `json:"witnessed,omitempty"` // the bundled server, which counts by itself, agrees with the counts
	Error          string           `json:"error,omitempty"`     // why the strategy broke down in this trial, which then measured nothing
	Warnings       []Warning        `json:"warnings"`
	Codes          []Coded          `json:"warning_codes,omitempty"`
	Histogram      Encoded          `json:"latency_histogram,omitempty"` // of the successes, in nanoseconds
	Series         []Second         `json:"series,omitempty"`            // the measured window second by second, the last perhaps a part; empty if it was shorter than 2 s
}

// Completed returns how many requests of the trial ended in its window, well or badly.
func (t *Trial) Completed() int64 { return t.Started - t.CutOff }

// Failures returns how many requests of the trial failed, of all classes.
func (t *Trial) Failures() int64 { return t.Completed() - t.Succeeded }

// Warn attaches a warning to the trial; it travels with the figure it is about.
func (t *Trial) Warn(warning Warning) { t.Warnings = append(t.Warnings, warning) }

// A Second is what ended in one second of a trial's measured window.
type Second struct {
	Succeeded int64   `json:"succeeded"`
	Failed    int64   `json:"failed"`
	Mean      float64 `json:"mean_seconds"` // latency of the successes; 0 if there are none
}
