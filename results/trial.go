package results

import "slices"

// A Purpose says why a trial was made, if not to measure its strategy unchanged. Such a trial does not count for the
// strategy's figures. The purpose of all other trials is empty.
type Purpose string

// The purposes.
const (
	Control     Purpose = "control"     // a trial of a second copy of the strategy, which ought to measure the same as the first
	Causal      Purpose = "causal"      // the client was slowed down, or given a second connection, to see what is the bottleneck
	Interrupted Purpose = "interrupted" // the trial was cut short; it counts if the strategy has no other at the limit
	Void        Purpose = "void"        // what was measured must not be used, such as of a block of which a machine was lost: it counts for nothing
)

// A Trial is one measured run of one strategy at one limit: see [At]. Started = Succeeded + the sum of Failed + CutOff, exactly.
type Trial struct {
	Strategy       string           `json:"strategy"`
	Limit          int              `json:"limit"`             // the largest number of requests in flight that was allowed
	Rate           int              `json:"rate,omitempty"`    // requests that were due per second, where a sweep varies them; else 0
	Target         *int             `json:"target,omitempty"`  // index in the run's list of targets; nil if the run has one
	Streams        int              `json:"streams,omitempty"` // the most requests at once on one connection, as it was set; 0 if the protocol has none, or the server decides
	Purpose        Purpose          `json:"purpose,omitempty"`
	Offset         float64          `json:"offset_seconds,omitempty"` // from the run's start to the start of the measured window
	Block          int              `json:"block"`                    // trials of a block are neighbours in time, in random order
	WarmupRequests int64            `json:"warmup"`                   // requests that ended before the measured window and do not count
	Started        int64            `json:"started"`                  // requests in flight at some time in the measured window; for an external program, those given to it by the end of the window
	Succeeded      int64            `json:"succeeded"`
	Failed         map[string]int64 `json:"failed"`                           // by class; every class is present
	CutOff         int64            `json:"cut_off"`                          // requests still in flight when the window ended, or not begun by the external program
	Status         map[int]int64    `json:"status"`                           // responses by HTTP status
	Bytes          int64            `json:"bytes"`                            // of the bodies of successful responses
	Elapsed        float64          `json:"elapsed_seconds"`                  // length of the measured window; of a batch, from the first start to the last end
	PerSecond      float64          `json:"per_second"`                       // goodput: Succeeded / Elapsed, in responses per second
	Latency        Latency          `json:"latency_seconds"`                  // of the successes
	Response       *Latency         `json:"response_seconds,omitempty"`       // the latency corrected for coordinated omission: see [Trial.Open]; nil without a rate
	Offered        float64          `json:"offered_per_second,omitempty"`     // requests that were due in the window, per second; 0 of a closed loop
	Missed         *int64           `json:"missed,omitempty"`                 // requests that were due in the window and not started by its end; nil of a closed loop
	Late           *float64         `json:"late_p99_seconds,omitempty"`       // 99th percentile of how late the client itself was in starting what had a free slot; nil of a closed loop
	FailedLatency  *Latency         `json:"failed_latency_seconds,omitempty"` // of the failures; nil if there are none
	CPU            float64          `json:"cpu_seconds"`                      // processor time of the client in the measured window; 0 if unknown
	InFlightMean   float64          `json:"in_flight_mean"`                   // over the measured window
	Wire           float64          `json:"wire_seconds,omitempty"`           // mean time from a request's first byte sent to its response's last byte received; 0 if unknown
	Server         float64          `json:"server_seconds,omitempty"`         // mean time that a request was in flight by the bundled server's own count, warm-up included; 0 if unknown
	ProgramCPU     float64          `json:"program_cpu_seconds,omitempty"`    // the part of CPU that the external program used which made the requests; 0 if this one did
	Waited         float64          `json:"waited_seconds,omitempty"`         // that the client's threads were ready to run and had no processor, added up over them, without external programs; 0 if unknown
	Scheduling     float64          `json:"scheduling_p99_seconds,omitempty"` // 99th percentile of the time that goroutines of the client waited for a processor; 0 if unknown
	Redirects      int64            `json:"redirects,omitempty"`              // that requests followed, warm-up included; each is one more request to a server
	Connections    int              `json:"connections"`                      // distinct connections that carried the trial's requests
	Stall          float64          `json:"stall_seconds,omitempty"`          // the longest time in which no request ended, to 10 ms; 0 if none was that long
	SettledLimit   int              `json:"settled_limit,omitempty"`          // the limit that the strategy moved to by itself, which may be below Limit; 0 if it keeps to Limit
	Memory         int64            `json:"memory_bytes,omitempty"`           // largest resident memory so far of the external program that made the requests; 0 if this one did
	FirstError     string           `json:"first_error,omitempty"`            // why the first request failed, warm-up included; empty if none did
	Witnessed      bool             `json:"witnessed,omitempty"`              // whether the bundled server, which counts too, agrees with the counts
	Error          string           `json:"error,omitempty"`                  // why the strategy broke down in this trial, which then measured nothing
	Warnings       []Warning        `json:"warnings"`
	Codes          []WarningCode    `json:"warning_codes,omitempty"`
	Histogram      Encoded          `json:"latency_histogram,omitempty"`  // of the latencies of the successes, in nanoseconds
	Responses      Encoded          `json:"response_histogram,omitempty"` // of what Response describes, in nanoseconds
	Agents         []Agent          `json:"agents,omitempty"`             // the machines that made the requests, if other machines than the run's did
	Processors     int              `json:"cpus,omitempty"`               // that the agents may use together; 0 if the run's machine made the requests
	Series         []Second         `json:"series,omitempty"`             // the measured window second by second, the last may be shorter; empty if the window was shorter than 2 s
}

// Open reports whether the trial is one of an open loop.
//
// In an open loop Response is the time from when a request was due to the end of its response. It is over the requests that were
// due in the window: those that succeeded, also after the window, and those that were missed, as long as they had waited by its
// end. In a closed loop with a rate it is Latency with HdrHistogram's correction: while a response takes longer than a slot takes
// from one start to the next at that rate, requests are not started that would have waited, and it counts for them too.
func (t *Trial) Open() bool { return t.Late != nil }

// Completed returns how many requests of the trial ended in its window, whether they succeeded or failed.
func (t *Trial) Completed() int64 { return t.Started - t.CutOff }

// Failures returns how many requests of the trial failed, of all classes.
func (t *Trial) Failures() int64 { return t.Completed() - t.Succeeded }

// MeasuresStrategy reports whether the trial measures its strategy unchanged. Control trials do not, nor do those with the
// client slowed down, nor void ones.
func (t *Trial) MeasuresStrategy() bool {
	return t.Purpose != Control && t.Purpose != Causal && t.Purpose != Void
}

// NoBlock is the block of a void trial that was not part of a comparison.
const NoBlock = -1

// VoidBlocks makes every trial void whose block has a void one: a block counts as a whole or not at all. It returns how many trials
// are void. A trial is kept as soon as it is over, and so before one of its block may turn out to be void.
func VoidBlocks(trials []Trial) int {
	blocks := map[int]bool{}
	for i := range trials {
		if trials[i].Purpose == Void {
			blocks[trials[i].Block] = true
		}
	}
	n := 0
	for i := range trials {
		if blocks[trials[i].Block] {
			trials[i].Purpose = Void
			n++
		}
	}
	return n
}

// Counting returns a copy of the run without its void trials, nor those of their blocks: it has what views for people show.
func (r *Run) Counting() *Run {
	counting := *r
	counting.Trials = slices.Clone(r.Trials)
	VoidBlocks(counting.Trials)
	counting.Trials = slices.DeleteFunc(counting.Trials, func(t Trial) bool { return t.Purpose == Void })
	return &counting
}

// Warn adds a warning to the trial.
func (t *Trial) Warn(warning Warning) { t.Warnings = append(t.Warnings, warning) }

// An Agent is what one of several machines did in a trial.
type Agent struct {
	Name      string  `json:"name"`
	Started   int64   `json:"started"` // as of the trial
	Succeeded int64   `json:"succeeded"`
	Limit     int     `json:"limit"`        // its part of the trial's limit
	CPU       float64 `json:"cpu_seconds"`  // processor time that it used
	Skew      float64 `json:"skew_seconds"` // by which its window may have been off from the others', since clocks are known no better
}

// A Second is what ended in one second of a trial's measured window.
type Second struct {
	Succeeded int64   `json:"succeeded"`
	Failed    int64   `json:"failed"`
	Mean      float64 `json:"mean_seconds"` // mean latency of the successes; 0 if there are none
}
