// Package results has the types of what was measured: a [Run] has the [Trial]s of one command, a [Summary] of the trials of each
// strategy at each limit, and the [Optimum] that a sweep concludes for each strategy.
//
// [Create] writes a run file while the run is in progress, and [Load] opens one; SCHEMA.md documents the file. [Summarise]
// combines the trials that are repeats of one another. [Figures] is the table of what is measured, from which every view is
// drawn. A [Warning] is a reason not to trust a figure.
//
// The packages in its folder use runs: render writes a run in every format, compare compares two runs, threshold checks the
// requirements of a user, article checks the claims of an article, and report draws a page. Package results itself measures
// nothing and knows no strategy.
package results

import (
	"cmp"
	"slices"
	"strings"

	"sweetspot/results/stat"
	"sweetspot/results/text"
)

// Version is the version of the JSON that a [Run] is written as, which SCHEMA.md documents. Fields may be added to a
// version; renaming or dropping one takes a new version.
const Version = 1

// A Run is everything that one command measured, with the machine it ran on.
type Run struct {
	Version    int             `json:"version"`
	Command    string          `json:"command"`                  // bench, sweep, article or fetch
	Target     string          `json:"target"`                   // the URL, the template of URLs, or the file of URLs
	Targets    []Target        `json:"targets,omitempty"`        // those that are compared, Target the first of them; empty if there is one
	Started    string          `json:"started"`                  // RFC 3339, in UTC
	Arguments  []string        `json:"arguments,omitempty"`      // the command line without the program's name; what may be a secret is withheld
	Seed       uint64          `json:"seed"`                     // of the random order of the trials
	Bundled    *Bundled        `json:"bundled_server,omitempty"` // nil if that is not the target, or the first of them
	Machine    Machine         `json:"machine"`
	Agents     []Member        `json:"agents,omitempty"` // that made the requests, in place of this machine; empty if there are none
	Settings   Settings        `json:"settings"`
	Trials     []Trial         `json:"trials"`
	Floor      *stat.Component `json:"floor,omitempty"`             // by how much each strategy differs from run to run on its own; the intervals between strategies include it; nil if it is not known
	Strategies []Summary       `json:"strategies"`                  // each at its limit, compared
	AtCommon   []Summary       `json:"at_common_limit"`             // the strategies of a sweep once more, all at one limit; empty if they were not compared there
	Optima     []Optimum       `json:"optima"`                      // what a sweep concludes, one for each strategy
	Versus     []Versus        `json:"versus,omitempty"`            // how the targets compare, one for each strategy; empty if there is one target
	PeakMemory int64           `json:"peak_memory_bytes,omitempty"` // the client's resident memory at its largest; 0 if unknown
	Warnings   []Warning       `json:"warnings"`                    // about the run as a whole
	Codes      []WarningCode   `json:"warning_codes,omitempty"`     // of the warnings, in the same order; set where the run is written

	// Versions says by strategy which external software it uses: "aiohttp 3.8.4, Python 3.11.2".
	Versions map[string]string `json:"versions,omitempty"`
}

// Bundled is what theory says about the bundled server; none of it is measured. A figure is 0 if theory does not give it.
// The measured goodput is a little less, because of the loopback interface and the client. Rates are in responses per second.
type Bundled struct {
	Profile   string  `json:"profile"`
	Limit     int     `json:"limit,omitempty"`      // at which its goodput is largest
	PerSecond float64 `json:"per_second,omitempty"` // goodput at Limit
	Share     float64 `json:"share,omitempty"`      // the share of the peak that the user asked for, from 0 to 1
	Smallest  int     `json:"smallest,omitempty"`   // the smallest limit that gives Share of the peak
	Curve     []Rate  `json:"curve,omitempty"`      // goodput at limits that are close enough to draw a curve, ascending
}

// A Rate is the goodput at a limit, in responses per second.
type Rate struct {
	Limit     int     `json:"limit"`
	PerSecond float64 `json:"per_second"`
}

// Machine describes the machine that the client ran on.
type Machine struct {
	Go        string `json:"go"`
	OS        string `json:"os"`
	Arch      string `json:"arch"`
	CPU       string `json:"cpu,omitempty"`    // the model's name; empty if unknown
	Kernel    string `json:"kernel,omitempty"` // release of the operating system's kernel; empty if unknown
	CPUs      int    `json:"cpus"`             // the number that the client may use
	OpenFiles uint64 `json:"open_files"`       // the limit on file descriptors
}

// Settings are the settings of the clients, the same for every client of a run.
type Settings struct {
	Method          string  `json:"method"`
	Requests        int64   `json:"requests,omitempty"`         // per trial; 0 if trials last for a time
	ColdStart       bool    `json:"cold_start,omitempty"`       // whether each batch had a session of its own, and so new connections
	DurationSeconds float64 `json:"duration_seconds,omitempty"` // of a trial's window; 0 if a trial is a number of requests
	TimeoutSeconds  float64 `json:"timeout_seconds"`            // for a request as a whole
	DialSeconds     float64 `json:"dial_timeout_seconds"`       // for opening a connection
	DNSSeconds      float64 `json:"dns_cache_seconds"`          // for which an address is kept
	Rate            float64 `json:"rate,omitempty"`             // largest number of requests per second; 0 is no limit; in an open loop the number that are due
	Arrivals        string  `json:"arrivals,omitempty"`         // how requests are due in an open loop: constant or poisson; empty for a closed loop
	Decode          string  `json:"decode,omitempty"`           // how bodies were decoded as a part of the request: json, or empty
	MaxBody         int64   `json:"max_body_bytes,omitempty"`   // the most that a body could have that was decoded; 0 if they were not
	Expect          string  `json:"expect,omitempty"`           // what a response had to meet to be goodput: expressions, separated by semicolons; empty if the status alone decided
	Insecure        bool    `json:"insecure"`                   // whether certificates were not verified
	Proxy           string  `json:"proxy,omitempty"`            // its URL, without the login
	Certificate     string  `json:"certificate,omitempty"`      // the file of the client's
	Authorities     string  `json:"authorities,omitempty"`      // the file of those whose certificates were accepted in place of the system's
	UnixSocket      string  `json:"unix_socket,omitempty"`      // the path of the socket that connections were made to
	ConnectTo       string  `json:"connect_to,omitempty"`       // where connections were made instead, as HOST:PORT:HOST2:PORT2
	KeepAlive       bool    `json:"keep_alive"`                 // whether connections were used again
	Redirects       bool    `json:"redirects"`                  // whether they were followed
	Follow          int     `json:"follow,omitempty"`           // redirects that a request followed at most; 0 if they were not
	Decompression   bool    `json:"decompression"`              // whether bodies were requested compressed, and decompressed
	Retries         int     `json:"retries"`                    // of a request that failed
	HTTP            string  `json:"http"`                       // the protocol with its version
}

// A Projection is the time that a number of requests would take at the measured goodput. It is calculated, not measured.
type Projection struct {
	Requests int64   `json:"requests"`
	Seconds  float64 `json:"seconds"`
}

// Subject names the target of the run's requests, or both. It is the same for the bundled server on any port.
func (r *Run) Subject() string {
	var all []string
	for _, t := range r.AllTargets() {
		all = append(all, t.subject())
	}
	return strings.Join(all, " against ")
}

// AllTargets returns the targets of the run, also if it has only one.
func (r *Run) AllTargets() []Target {
	switch {
	case len(r.Targets) > 0:
		return r.Targets
	case r.Bundled != nil:
		return []Target{{r.Target, r.Bundled.Profile}}
	}
	return []Target{{URL: r.Target}}
}

// Title names the targets of the run in words.
func (r *Run) Title() string {
	return strings.Join(text.Each(r.AllTargets(), Target.String), " against ")
}

// NameOf returns what was measured in words, but for the limit: with its target if the run has several.
func (r *Run) NameOf(at At) string { return at.Name(len(r.Targets) > 1) }

// Compared returns a summary of each strategy at its limit, the largest goodput first. If the run was interrupted before
// it compared the strategies, the summaries have no verdicts.
func (r *Run) Compared() []Summary {
	summaries := r.Strategies
	if len(summaries) == 0 && r.Command != "sweep" { // interrupted before the comparison was made
		summaries = Summarise(r.Trials)
	}
	return slices.SortedStableFunc(slices.Values(summaries), func(a, b Summary) int {
		return cmp.Compare(b.PerSecond, a.PerSecond)
	})
}
