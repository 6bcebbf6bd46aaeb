package cli

import "sweetspot/results"

// advice says what to do about a warning, by its code. It names flags, which the packages that warn do not know.
var advice = map[results.Code]string{
	results.NoCompletions:     "raise --duration",
	results.Unsteady:          "raise --duration",
	results.EmptySlots:        "raise --duration, or the client is the bottleneck",
	results.BatchTail:         "raise --requests",
	results.RateBound:         "leave --rate out to see what the strategy can do",
	results.RateMissed:        "take a lower --rate",
	results.CallersLimit:      "make a batch with --requests, or an open loop with --arrivals",
	results.NoSlot:            "take a larger --limit to see the response time of the server alone",
	results.Stalled:           "see what the server did meanwhile, and run again",
	results.BoundByConnection: "take fewer --streams: see which number is best with --streams 1,10,100",
	results.Redirects:         "use the URL they lead to, or --follow them",
	results.IdleConnections:   "if the server caps connections, run one strategy at a time",
	results.Contradicted:      "do not trust its figures",
	results.Harm:              "--no-brakes continues in spite of it",
	results.SmallBatch:        "raise --requests, or take --duration",
	results.NothingHolds:      "allow a longer latency in --slo",
	results.BestGuess:         "raise --budget",
	results.TooFewTrials:      "raise --budget",
	results.NotCertain:        "raise --budget or lower --share",
	results.Harmed:            "restart the server, and sweep with a --max below the limit that harmed it",
	results.Burst:             "use what lasts, or raise --budget to see it better",
	results.Drift:             "stop other programs on it and on the server, and run again",
	results.CopyDiffers:       "stop other programs on the machine, and run again",
	results.TooFewBlocks:      "raise --repeats",
	results.NoTime:            "raise --budget",
	results.SmallBudget:       "raise --budget, or lower --max or --duration",
	results.FewPorts:          "leave out strategies that open a connection for each request, make fewer requests, or widen net.ipv4.ip_local_port_range",
	results.NoPorts:           "leave out strategies that open a connection for each request, make fewer requests, or widen net.ipv4.ip_local_port_range",
	results.SmallBuffers:      "raise them with 'sysctl -w net.core.rmem_max=7500000 net.core.wmem_max=7500000', on the server too",
	results.FewFiles:          "use fewer strategies, or raise 'ulimit -Hn'",
	results.ForeignFloor:      "measure it on this machine with 'make floor', or give it with --floor",
	results.WideInterval:      "compare three or more runs a side, made in turn, or raise --duration and --repeats",
	results.CredentialsSpread: "send it to one host by --header-for HOST HEADER",
	results.AgentLost:         "see what its machine did meanwhile",
	results.AgentLate:         "stop other programs on that machine",
	results.HostFails:         "leave its URLs out, or mend it",
	results.AgentStalled:      "stop other programs on that machine, and run again",
	results.AgentSlower:       "measure without it to see what it changes",
	results.AgentDiffers:      "make the machines alike, or leave that one out",
	results.DriftWithinRun:    "stop other programs on the machine and on the server, and run again",
}

// reasons are the numbers of warnings that say why, each with the advice for that reason, which comes before that for the code.
var reasons = map[results.Code]map[string]string{
	results.RateMissed: {
		"limit_needed":   "take a larger limit or a lower --rate",
		"window_seconds": "raise --duration",
		"late_seconds":   "take a faster strategy or a lower --rate, or stop other programs on the machine",
		"busy_share":     "take a faster strategy or a lower --rate, or stop other programs on the machine",
	},
}

// adviceOn returns the advice on a warning.
func adviceOn(w results.Warning) string {
	for reason, words := range reasons[w.Code] {
		if _, given := w.Numbers[reason]; given {
			return words
		}
	}
	return advice[w.Code]
}

// noAdvice are the codes that need no advice. A test checks that every code is either here or in advice.
var noAdvice = []results.Code{
	results.Failures, results.ClientBusy, results.ManyConnections, results.LimitSettled, results.SlowToFill, results.CutShort,
	results.NotWitnessed, results.NoLatency, results.NoRate, results.BrokeDown, results.OtherProtocol, results.StreamsBound, results.BoundByClient, results.FailingLimits,
	results.NoSuccess, results.LeftOut, results.NotChecked, results.NotCompared, results.NoConclusion, results.Torn,
	results.DifferentRuns, results.FewerAgents,
}

// advise adds the advice to warnings that have none.
func advise(warnings []results.Warning) {
	for i := range warnings {
		if warnings[i].Advice == "" {
			warnings[i].Advice = adviceOn(warnings[i])
		}
	}
}

// adviseConclusions adds the advice to the warnings of what a run concludes. Its trials have theirs already: each got it before
// it was kept, and the live page, which another goroutine serves, may be reading it since.
func adviseConclusions(run *results.Run) {
	advise(run.Warnings)
	for _, summaries := range [][]results.Summary{run.Strategies, run.AtCommon} {
		for _, s := range summaries {
			advise(s.Warnings)
		}
	}
	for _, o := range run.Optima {
		advise(o.Warnings)
	}
}
