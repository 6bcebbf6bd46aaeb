package cli

import "sweetspot/results"

// advice says what to do about a warning, in terms of the command line, which the packages that warn do not know. A code
// that is not here needs no advice: its text says all.
var advice = map[results.Code]string{
	results.NoCompletions:   "raise --duration",
	results.Unsteady:        "raise --duration",
	results.EmptySlots:      "raise --duration, or the client is the bottleneck",
	results.BatchTail:       "raise --requests",
	results.RateBound:       "raise --rate, or leave it out",
	results.Redirects:       "use the URL they lead to",
	results.IdleConnections: "if the server caps connections, run one strategy at a time",
	results.Contradicted:    "do not trust its figures",
	results.Harm:            "--no-brakes goes on",
	results.SmallBatch:      "raise --requests, or take --duration",
	results.NothingHolds:    "raise --budget, or --slo",
	results.TooFewTrials:    "raise --budget",
	results.NotCertain:      "raise --budget or lower --share",
	results.Drift:           "quiet it, or the server, and run again",
	results.CopyDiffers:     "quiet the machine and run again",
	results.TooFewBlocks:    "raise --repeats",
	results.NoTime:          "raise --budget",
	results.FewFiles:        "want fewer strategies, or a higher 'ulimit -Hn'",
	results.DriftWithinRun:  "quiet the machine, or the server, and run again",
}

// needsNone are the codes whose text says all.
var needsNone = []results.Code{
	results.Failures, results.ClientBusy, results.ManyConnections, results.LimitSettled, results.SlowToFill, results.CutShort,
	results.NotWitnessed, results.NoLatency, results.NoRate, results.BrokeDown, results.BoundByClient, results.FailingLimits,
	results.NoSuccess, results.LeftOut, results.NotChecked, results.NotCompared, results.NoConclusion, results.Torn,
	results.DifferentRuns, results.BatchIncomplete,
}

// advise adds the advice to warnings that have none.
func advise(warnings []results.Warning) {
	for i := range warnings {
		if warnings[i].Advice == "" {
			warnings[i].Advice = advice[warnings[i].Code]
		}
	}
}

// adviseRun adds the advice to the warnings of a run that has just been measured.
func adviseRun(run *results.Run) {
	advise(run.Warnings)
	for _, t := range run.Trials {
		advise(t.Warnings)
	}
	for _, summaries := range [][]results.Summary{run.Strategies, run.AtCommon} {
		for _, s := range summaries {
			advise(s.Warnings)
		}
	}
	for _, o := range run.Optima {
		advise(o.Warnings)
	}
}
