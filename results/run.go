// Package results holds what was measured: the run and its trials, how they are kept on disk, summarised and drawn.
// It measures nothing and knows no strategy.
package results

import "sweetspot/results/stat"

// Version is the version of the JSON that a [Run] is written as, which SCHEMA.md documents. Fields may be added to a
// version; renaming or dropping one takes a new version.
const Version = 1

// A Run is everything that one command measured, with the machine it ran on.
type Run struct {
	Version    int       `json:"version"`
	Command    string    `json:"command"`                  // bench, sweep or article
	Target     string    `json:"target"`                   // the URL or URL template
	Started    string    `json:"started"`                  // RFC 3339
	Arguments  []string  `json:"arguments,omitempty"`      // the command line without the program's name; what may be a secret is withheld
	Seed       uint64    `json:"seed"`                     // orders the trials
	Bundled    *Bundled  `json:"bundled_server,omitempty"` // if that is the target
	Machine    Machine   `json:"machine"`
	Settings   Settings  `json:"settings"`
	Trials     []Trial   `json:"trials"`
	Strategies []Summary `json:"strategies"`                  // each at its limit: what bench compares
	AtCommon   []Summary `json:"at_common_limit"`             // all at one limit, as far as sweep compared them there too
	Optima     []Optimum `json:"optima"`                      // what sweep concludes
	PeakMemory int64     `json:"peak_memory_bytes,omitempty"` // the client's resident memory at its largest; 0 if unknown
	Warnings   []Warning `json:"warnings"`                    // about the run as a whole
	Codes      []Coded   `json:"warning_codes,omitempty"`     // of the warnings, one each, as the file has them

	// Versions is what strategies consist of that are not this program alone, by name: "aiohttp 3.8.4, Python 3.11.2".
	Versions map[string]string `json:"versions,omitempty"`
}

// Bundled is what is known of the bundled server by its theory, without measuring it. The figures are 0 where there are
// none; the loopback and the client make what is measured a little less.
type Bundled struct {
	Profile   string  `json:"profile"`
	Limit     int     `json:"limit,omitempty"`      // where its peak is
	PerSecond float64 `json:"per_second,omitempty"` // goodput there
	Share     float64 `json:"share,omitempty"`
	Smallest  int     `json:"smallest,omitempty"` // the smallest limit that gives Share of the peak
	Curve     []Rate  `json:"curve,omitempty"`    // goodput at limits that draw a curve, ascending
}

// A Rate is a goodput at a limit.
type Rate struct {
	Limit     int     `json:"limit"`
	PerSecond float64 `json:"per_second"`
}

// Machine is where a run was made.
type Machine struct {
	Go        string `json:"go"`
	OS        string `json:"os"`
	Arch      string `json:"arch"`
	CPU       string `json:"cpu,omitempty"`    // the model's name; empty if unknown
	Kernel    string `json:"kernel,omitempty"` // of the operating system, its release; empty if unknown
	CPUs      int    `json:"cpus"`             // that the client may use
	OpenFiles uint64 `json:"open_files"`       // the limit on file descriptors
}

// Settings are the settings that every client was given alike.
type Settings struct {
	Method         string  `json:"method"`
	Requests       int64   `json:"requests,omitempty"`         // a trial; 0 when trials last for a time
	DurationSecond float64 `json:"duration_seconds,omitempty"` // a trial; 0 when trials are a number of requests
	TimeoutSeconds float64 `json:"timeout_seconds"`
	DialSeconds    float64 `json:"dial_timeout_seconds"`
	DNSSeconds     float64 `json:"dns_cache_seconds"`
	Rate           float64 `json:"rate,omitempty"` // requests a second at most; 0 is no cap
	Decode         string  `json:"decode,omitempty"`
	Insecure       bool    `json:"insecure"`
	KeepAlive      bool    `json:"keep_alive"`
	Redirects      bool    `json:"redirects"`     // followed?
	Decompression  bool    `json:"decompression"` // transparent?
	Retries        int     `json:"retries"`
	HTTP           string  `json:"http"` // protocol version
}

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
	Strategy      string           `json:"strategy"`
	Limit         int              `json:"limit"`
	Purpose       Purpose          `json:"purpose,omitempty"`
	Offset        float64          `json:"offset_seconds,omitempty"` // from the run's start to the opening of the measured window
	Block         int              `json:"block"`                    // trials of a block are neighbours in time, in random order
	Warmup        int64            `json:"warmup"`                   // requests that ended before the measured window and count for nothing
	Started       int64            `json:"started"`                  // requests in flight at some time in the measured window, or handed to a program by its end
	Succeeded     int64            `json:"succeeded"`
	Failed        map[string]int64 `json:"failed"`  // by class; every class is present
	CutOff        int64            `json:"cut_off"` // still in flight when the window closed, or not begun yet by the program that had been handed them
	Status        map[int]int64    `json:"status"`  // answers by HTTP status
	Bytes         int64            `json:"bytes"`   // of response bodies that succeeded
	Elapsed       float64          `json:"elapsed_seconds"`
	PerSecond     float64          `json:"per_second"` // goodput: Succeeded / Elapsed
	Latency       Latency          `json:"latency_seconds"`
	FailedLatency *Latency         `json:"failed_latency_seconds,omitempty"`
	CPU           float64          `json:"cpu_seconds"` // the client's, in the measured window
	InFlightMean  float64          `json:"in_flight_mean"`
	Wire          float64          `json:"wire_seconds,omitempty"`           // mean time from the first byte of a request out to the last of its response in; 0 if unknown
	Scheduling    float64          `json:"scheduling_p99_seconds,omitempty"` // that goroutines of the client waited for a processor
	Connections   int              `json:"connections"`                      // distinct ones that carried this trial's requests
	SettledLimit  int              `json:"settled_limit,omitempty"`          // that a strategy moved to by itself, which may be below Limit
	Memory        int64            `json:"memory_bytes,omitempty"`           // resident, at its largest so far, of the program that made the requests
	FirstError    string           `json:"first_error,omitempty"`
	Witnessed     bool             `json:"witnessed,omitempty"` // the bundled server, which counts by itself, agrees with the counts
	Error         string           `json:"error,omitempty"`     // why the strategy broke down in this trial, which then measured nothing
	Warnings      []Warning        `json:"warnings"`
	Codes         []Coded          `json:"warning_codes,omitempty"`
	Histogram     Encoded          `json:"latency_histogram,omitempty"` // of the successes, in nanoseconds
	Series        []Second         `json:"series,omitempty"`            // the measured window second by second, the last perhaps a part; empty if it was shorter than 2 s
}

// A Second is what ended in one second of a trial's measured window.
type Second struct {
	Succeeded int64   `json:"succeeded"`
	Failed    int64   `json:"failed"`
	Mean      float64 `json:"mean_seconds"` // latency of the successes; 0 if there are none
}

// Completed returns how many requests of the trial ended in its window, well or badly.
func (t *Trial) Completed() int64 { return t.Started - t.CutOff }

// Failures returns how many requests of the trial failed, of all classes.
func (t *Trial) Failures() int64 { return t.Completed() - t.Succeeded }

// Warn attaches a warning to the trial; it travels with the figure it is about.
func (t *Trial) Warn(warning Warning) { t.Warnings = append(t.Warnings, warning) }

// Latency is a distribution of service times in seconds, as the caller with a slot saw them.
type Latency struct {
	Mean float64 `json:"mean"`
	P50  float64 `json:"p50"`
	P90  float64 `json:"p90"`
	P99  float64 `json:"p99"`
	Max  float64 `json:"max"`
}

// Verdicts of a comparison.
const (
	Fastest           = "fastest"
	Slower            = "slower"
	Indistinguishable = "indistinguishable"
)

// A Summary is the trials of one strategy at one limit, taken together. Rates are geometric means over the trials; Low
// and High bound the rate with 95% confidence (Student's t on the logarithms) and are null after a single trial.
type Summary struct {
	Strategy         string           `json:"strategy"`
	Limit            int              `json:"limit"`
	Trials           int              `json:"trials"`
	PerSecond        float64          `json:"per_second"`
	Low              *float64         `json:"low"`
	High             *float64         `json:"high"`
	Spread           float64          `json:"spread"` // standard deviation over the trials, as a share of PerSecond
	Microseconds     float64          `json:"microseconds_per_request"`
	CPUMicroseconds  float64          `json:"cpu_microseconds_per_request"`
	VersusFastest    float64          `json:"versus_fastest"`
	VersusSequential *float64         `json:"versus_sequential,omitempty"`
	Verdict          string           `json:"verdict,omitempty"`
	Latency          Latency          `json:"latency_seconds"` // of all the trials' requests, from merged histograms
	InFlightMean     float64          `json:"in_flight_mean"`
	Started          int64            `json:"started"`
	Failed           map[string]int64 `json:"failed"`                // classes that occurred
	FirstError       string           `json:"first_error,omitempty"` // of the first trial that has one
	Error            string           `json:"error,omitempty"`       // why the strategy broke down: then it has no rate
	Projected        []Projection     `json:"projected,omitempty"`
	Warnings         []Warning        `json:"warnings"`
	Codes            []Coded          `json:"warning_codes,omitempty"`
}

// A Projection says how long a number of requests would take at a measured rate. It is arithmetic, not a measurement.
type Projection struct {
	Requests int64   `json:"requests"`
	Seconds  float64 `json:"seconds"`
}

// Verdicts of a sweep.
const (
	Peak        = "peak"         // an interior best
	Plateau     = "plateau"      // a flat top: only its left edge means something
	NoKnee      = "no-knee"      // still rising at the largest limit tried
	Cliff       = "cliff"        // goodput falls off steeply: Limit is the largest safe one
	Multimodal  = "multimodal"   // rises again after a fall
	ClientBound = "client-bound" // the client is the bottleneck, not the server
	Objective   = "objective"    // no peak was asked for: Limit is the largest that holds the objective
	Unstable    = "unstable"     // the trials do not support a statement
)

// An Optimum is what a sweep concludes about one strategy: Limit is the limit to use, the smallest that gives Share of
// the peak with 95% confidence; the smallest such limit lies in (Low, High]. If no limit is certain to, Limit is the best
// guess within the interval. With an objective, Limit is the largest limit that holds it with 95% confidence, and High
// the smallest above it that was not shown to, 0 if there is none.
type Optimum struct {
	Strategy  string    `json:"strategy"`
	Verdict   string    `json:"verdict"`
	Limit     int       `json:"limit"`
	Low       int       `json:"low"`
	High      int       `json:"high"`
	Certain   bool      `json:"certain"`
	Objective string    `json:"objective,omitempty"` // such as p99 <= 200ms
	Share     float64   `json:"share"`
	PerSecond float64   `json:"per_second"`
	Peak      PeakLimit `json:"peak"`
	Law       *Law      `json:"law,omitempty"` // the fitted curve; nil unless the trials agree with it
	Explored  [2]int    `json:"explored"`      // smallest and largest limit tried
	Trials    int       `json:"trials"`
	Requests  int64     `json:"requests"`
	Elapsed   float64   `json:"elapsed_seconds"`
	Warnings  []Warning `json:"warnings"`
	Codes     []Coded   `json:"warning_codes,omitempty"`
}

// PeakLimit is where goodput is highest: the limits in [Low, High] cannot be told apart from the best.
type PeakLimit struct {
	Limit     int     `json:"limit"`
	Low       int     `json:"low"`
	High      int     `json:"high"`
	PerSecond float64 `json:"per_second"`
}

// A Law is the universal scalability law (Gunther 2007): n requests in flight take A + B n + C n^2 seconds each.
type Law struct {
	A float64 `json:"a_seconds"`
	B float64 `json:"b_seconds"`
	C float64 `json:"c_seconds"`
}

// PerSecond returns the goodput at a limit, which need not be whole.
func (l Law) PerSecond(limit float64) float64 {
	return stat.Ratio(limit, l.A+l.B*limit+l.C*limit*limit)
}
