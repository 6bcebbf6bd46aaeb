// Package results holds what was measured: the run and its trials, how they are kept on disk, summarised and drawn.
// It measures nothing and knows no strategy.
package results

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

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
	Method          string  `json:"method"`
	Requests        int64   `json:"requests,omitempty"`         // a trial; 0 when trials last for a time
	DurationSeconds float64 `json:"duration_seconds,omitempty"` // a trial; 0 when trials are a number of requests
	TimeoutSeconds  float64 `json:"timeout_seconds"`
	DialSeconds     float64 `json:"dial_timeout_seconds"`
	DNSSeconds      float64 `json:"dns_cache_seconds"`
	Rate            float64 `json:"rate,omitempty"` // requests a second at most; 0 is no cap
	Decode          string  `json:"decode,omitempty"`
	Insecure        bool    `json:"insecure"`
	KeepAlive       bool    `json:"keep_alive"`
	Redirects       bool    `json:"redirects"`     // followed?
	Decompression   bool    `json:"decompression"` // transparent?
	Retries         int     `json:"retries"`
	HTTP            string  `json:"http"` // protocol version
}

// A Projection says how long a number of requests would take at a measured rate. It is arithmetic, not a measurement.
type Projection struct {
	Requests int64   `json:"requests"`
	Seconds  float64 `json:"seconds"`
}

// Subject says what the run's requests were made to. The bundled server is the same whatever port it happened to get.
func (r *Run) Subject() string {
	if r.Bundled == nil {
		return r.Target
	}
	path := "/"
	if _, rest, found := strings.Cut(r.Target, "://"); found {
		if i := strings.Index(rest, "/"); i >= 0 {
			path = rest[i:]
		}
	}
	return fmt.Sprintf("the bundled server, profile %s, %s", r.Bundled.Profile, path)
}

// Compared returns the strategies of the run, each at its limit, the best first.
func (r *Run) Compared() []Summary {
	summaries := r.Strategies
	if len(summaries) == 0 && r.Command != "sweep" { // interrupted before the comparison was made
		summaries = Summarise(r.Trials)
	}
	return slices.SortedStableFunc(slices.Values(summaries), func(a, b Summary) int {
		return cmp.Compare(b.PerSecond, a.PerSecond)
	})
}
