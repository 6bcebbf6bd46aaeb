package results

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"sweetspot/results/text"
)

// A Warning is a reason not to trust a figure: a code, numbers, and a text. The program that shows the warning adds the
// advice, because what to do depends on that program's settings.
//
// In JSON a warning is the string that [Warning.String] returns. Its code and numbers stand in another field: see [WarningCode].
type Warning struct {
	Code    Code
	Numbers map[string]float64 // by name; shares are fractions (0.01 is 1%), times are in seconds
	Text    string             // what was seen
	Advice  string             // what to do; empty if there is nothing to do, or if Text says it
}

// Warningf returns a warning without numbers.
func Warningf(code Code, format string, args ...any) Warning {
	return Warning{Code: code, Text: fmt.Sprintf(format, args...)}
}

// With returns the warning with one more number.
func (w Warning) With(name string, number float64) Warning {
	numbers := maps.Clone(w.Numbers)
	if numbers == nil {
		numbers = map[string]float64{}
	}
	numbers[name] = number
	w.Numbers = numbers
	return w
}

// String returns the warning in words: what was seen, and what to do about it.
func (w Warning) String() string {
	if w.Advice == "" {
		return w.Text
	}
	return w.Text + ": " + w.Advice
}

// MarshalJSON writes the words of the warning.
func (w Warning) MarshalJSON() ([]byte, error) { return json.Marshal(w.String()) }

// UnmarshalJSON reads the words of a warning.
func (w *Warning) UnmarshalJSON(words []byte) error { return json.Unmarshal(words, &w.Text) }

// A WarningCode is the code of a warning with its numbers, for scripts. In JSON it stands beside the warning's text.
type WarningCode struct {
	Code    Code               `json:"code"`
	Numbers map[string]float64 `json:"numbers,omitempty"`
}

// CodesOf returns the codes of the warnings, one for each in the same order, or nil if none has a code.
func CodesOf(warnings []Warning) []WarningCode {
	if !slices.ContainsFunc(warnings, func(w Warning) bool { return w.Code != "" }) {
		return nil
	}
	return text.Each(warnings, func(w Warning) WarningCode { return WarningCode{w.Code, w.Numbers} })
}

// setCodes sets the codes of the warnings. Older files have none.
func setCodes(warnings []Warning, codes []WarningCode) {
	for i := range min(len(warnings), len(codes)) {
		warnings[i].Code, warnings[i].Numbers = codes[i].Code, codes[i].Numbers
	}
}

// A Code names a kind of warning. Scripts may rely on it.
type Code string

// The codes of warnings about a trial or about the trials of a summary.
const (
	NoCompletions   Code = "no-completions"   // no request ended in the measured window
	Failures        Code = "failures"         // requests failed
	Unsteady        Code = "unsteady"         // the trial breaks Little's law
	RateBound       Code = "rate-bound"       // the rate that was asked for limits the goodput
	RateMissed      Code = "rate-missed"      // the rate that was asked for was not held
	NoSlot          Code = "no-slot"          // requests of an open loop waited for a slot
	CallersLimit    Code = "callers-limit"    // a strategy that sets no limit was limited by the number of callers
	Stalled         Code = "stalled"          // for a time no request ended
	ClientBusy      Code = "client-busy"      // the client used most of its processors
	ManyConnections Code = "many-connections" // connections were not kept open
	NoPorts         Code = "no-ports"         // this machine had no free port for a connection
	OtherProtocol   Code = "other-protocol"   // requests were made in another protocol than the strategy's
	StreamsBound    Code = "streams-bound"    // the server allows fewer streams on a connection than there could be
	Redirects       Code = "redirects"        // answers are redirects, which are not followed
	LimitSettled    Code = "limit-settled"    // the strategy changed its limit by itself
	BatchTail       Code = "batch-tail"       // slots were empty at the end of a batch
	SlowToFill      Code = "slow-to-fill"     // slots were empty before the end of a batch
	EmptySlots      Code = "empty-slots"      // slots were empty in a measured window
	CutShort        Code = "cut-short"        // the trial was interrupted
	NotWitnessed    Code = "not-witnessed"    // the target could not be asked what it counted
	Contradicted    Code = "contradicted"     // the counts of the target differ from those of the client
	IdleConnections Code = "idle-connections" // requests timed out while other strategies kept connections open
	NoLatency       Code = "no-latency"       // the histograms of the trials cannot be merged
	NoRate          Code = "no-rate"          // there is no mean rate, since trials had no success
	HostFails       Code = "host-fails"       // every request to one of several hosts failed
	AgentStalled    Code = "agent-stalled"    // a machine that made requests stood still for a time
	AgentDiffers    Code = "agent-differs"    // a machine that made requests differs from the others
	AgentSlower     Code = "agent-slower"     // a machine that made requests took much longer for each than the fastest
	FewerAgents     Code = "fewer-agents"     // not all machines made requests

	CredentialsSpread Code = "credentials-spread" // a header with credentials goes to several hosts
)

// The codes of warnings about what a sweep concludes.
const (
	BrokeDown         Code = "broke-down"       // the strategy broke down
	BoundByClient     Code = "client-bound"     // the client is the bottleneck
	BoundByConnection Code = "connection-bound" // the only connection is the bottleneck
	Harm              Code = "harm"             // the sweep stopped so as not to harm the target
	SmallBatch        Code = "small-batch"      // batches are too small for the larger limits
	NothingHolds      Code = "nothing-holds"    // no limit holds the objective
	FailingLimits     Code = "failing-limits"   // requests begin to fail at a limit
	BestGuess         Code = "best-guess"       // no limit was shown to hold the objective, and the limit is a guess
	NoSuccess         Code = "no-success"       // no trial succeeded
	TooFewTrials      Code = "too-few-trials"   // there are too few trials for any statement
	NotCertain        Code = "not-certain"      // no limit gives the wanted share of the peak with certainty
	Drift             Code = "drift"            // the machine or the server got faster or slower during the sweep
	Harmed            Code = "harmed"           // the sweep itself made the server slower, for good
	Burst             Code = "burst"            // goodput above some rate was a burst, and does not last
)

// The codes of warnings about a run or a comparison as a whole.
const (
	LeftOut        Code = "left-out"         // a strategy cannot run here
	NotChecked     Code = "not-checked"      // the comparison has no second copy of a strategy
	NotCompared    Code = "not-compared"     // a strategy had trials without a success
	CopyDiffers    Code = "copy-differs"     // a strategy differs from its own copy: the comparison is void
	TooFewBlocks   Code = "too-few-blocks"   // too few blocks to name a winner
	NoTime         Code = "no-time"          // the budget left no time for the whole comparison
	SmallBudget    Code = "small-budget"     // the budget of a sweep is too short for more than a guess
	FewPorts       Code = "few-ports"        // a run may need more ports than this machine has free
	SmallBuffers   Code = "small-buffers"    // the system gives sockets smaller buffers than QUIC wants
	FewFiles       Code = "few-files"        // the limit on open files bounds the limits tried
	NoConclusion   Code = "no-conclusion"    // the run was interrupted
	AgentLost      Code = "agent-lost"       // a machine that made requests was lost, so that a trial is void
	AgentLate      Code = "agent-late"       // a machine began or ended its part late, so that a trial is void
	Torn           Code = "torn"             // the last line of the file is torn
	DifferentRuns  Code = "different-runs"   // two runs that are compared have different loads, targets, agents or machines
	DriftWithinRun Code = "drift-within-run" // one of the two runs that are compared drifted
	ForeignFloor   Code = "foreign-floor"    // the variance between runs was measured on another machine
	WideInterval   Code = "wide-interval"    // an interval is too wide to see a change by the threshold
)

// Codes returns every code.
func Codes() []Code {
	return []Code{
		NoCompletions, Failures, Unsteady, RateBound, RateMissed, NoSlot, CallersLimit, Stalled, ClientBusy, ManyConnections, NoPorts, OtherProtocol, StreamsBound, Redirects, LimitSettled, BatchTail,
		SlowToFill, EmptySlots, CutShort, NotWitnessed, Contradicted, IdleConnections, NoLatency, NoRate, HostFails, AgentStalled, AgentDiffers, AgentSlower, FewerAgents, CredentialsSpread,
		BrokeDown, BoundByClient, BoundByConnection, Harm, SmallBatch, NothingHolds, FailingLimits, BestGuess, NoSuccess, TooFewTrials, NotCertain, Drift, Harmed, Burst,
		LeftOut, NotChecked, NotCompared, CopyDiffers, TooFewBlocks, NoTime, SmallBudget, FewPorts, SmallBuffers, FewFiles, NoConclusion, AgentLost, AgentLate, Torn,
		DifferentRuns, DriftWithinRun, ForeignFloor, WideInterval,
	}
}

// Warnings returns the warnings about the run as a whole and about what its sweeps conclude, safe to print. Warnings about
// single trials are not included: they belong beside the figures of the trials.
func Warnings(run *Run) []Warning {
	all := About("", run.Warnings)
	for _, o := range run.Optima {
		all = append(all, About(o.At().Name(false)+": ", o.Warnings)...)
	}
	return all
}

// About returns the warnings with the subject before each text, safe to print. See [text.Clean].
func About(subject string, warnings []Warning) []Warning {
	return text.Each(warnings, func(w Warning) Warning {
		w.Text, w.Advice = text.Clean(subject+w.Text), text.Clean(w.Advice)
		return w
	})
}

// Words returns the warnings in words.
func Words(warnings []Warning) []string { return text.Each(warnings, Warning.String) }

// numbers match the numbers in a warning.
var numbers = regexp.MustCompile(`[0-9][0-9.,]*`)

// Shape returns a warning with # in place of every number. Warnings of the same shape differ only in their numbers, so that
// one of them can represent all.
func Shape(warning string) string { return numbers.ReplaceAllString(warning, "#") }

// poolWarnings returns one warning of each shape that the trials have, in alphabetic order of the shapes. Each says how many
// of the trials have it, unless all do.
func poolWarnings(trials []*Trial) []Warning {
	type kind struct {
		trials  int
		warning Warning // the first in alphabetic order, so that the order of the trials does not matter
		differ  bool    // whether the trials have different texts
	}
	kinds := map[string]kind{}
	for _, t := range trials {
		counted := map[string]bool{} // a trial counts once for each shape
		for _, w := range t.Warnings {
			key := Shape(w.Text)
			k, known := kinds[key]
			if !known {
				k.warning = w
			}
			k.differ = k.differ || k.warning.Text != w.Text
			if strings.Compare(w.Text, k.warning.Text) < 0 {
				k.warning = w
			}
			if !counted[key] {
				k.trials++
			}
			counted[key] = true
			kinds[key] = k
		}
	}
	pooled := []Warning{}
	for _, key := range slices.Sorted(maps.Keys(kinds)) {
		k := kinds[key]
		switch {
		case k.differ && len(trials) > 1:
			k.warning.Text = inTrials(k.trials, len(trials)) + ", for one: " + k.warning.Text
		case k.trials < len(trials):
			k.warning.Text = inTrials(k.trials, len(trials)) + ": " + k.warning.Text
		}
		pooled = append(pooled, k.warning)
	}
	return pooled
}

// inTrials says in how many of the trials something was seen: 2 of 3 trials.
func inTrials(n, of int) string { return fmt.Sprintf("%d of %s", n, text.Plural(of, "trial")) }
