package results

import "testing"

// found returns an optimum with that verdict and figures of its own in every field.
func found(verdict Verdict) *Optimum {
	return &Optimum{
		Strategy: "pool", Verdict: verdict, Limit: 52, Low: 44, High: 52, Certain: true, Share: 0.975, PerSecond: 600.1,
		Peak: PeakLimit{Limit: 60, Low: 53, High: 69, PerSecond: 605}, Explored: [2]int{1, 4096},
	}
}

func TestAdviceSaysWhatToDoForEveryVerdict(t *testing.T) {
	const sure = "use 52: at least 97.5% of the peak of 605/s, 95% sure; the smallest such limit is in (44, 52]."
	for verdict, want := range map[Verdict]string{
		Peak:    sure,
		Plateau: sure + " The top is flat: a larger limit, up to 4,096, gains nothing and adds latency.",
		NoKnee:  "still rising at 4,096, the largest limit tried: try larger limits. So far use 52: 600/s.",
		Cliff:   "use 52 and no more: 600/s there, and goodput falls off steeply above it.",
		Multimodal: sure + " Goodput falls and rises again, so there may be a better limit between those tried: " +
			"look at the curve and try limits around its rises.",
		ClientBound: "this client was the bottleneck, not the server: 600/s at limit 52 is the most that it can do here. " +
			"Use a faster strategy or more CPUs to find the server's limit.",
		Unstable: "no limit can be named: measure for longer, or stop other programs on the machines of the client and of the server.",
		"new":    `no limit can be named: this version does not know the verdict "new".`,
	} {
		if got := found(verdict).Advice(); got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", verdict, got, want)
		}
	}
}

func TestAdviceDoesNotCallAGuessCertain(t *testing.T) {
	o := found(Peak)
	o.Certain = false
	want := "use 52: the best guess so far; the smallest limit that gives 97.5% of the peak of 605/s is in (44, 52], 95% sure."
	if got := o.Advice(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAdviceSaysThatAnObjectiveHolds(t *testing.T) {
	o := found(Objective)
	o.Objective = "p99 <= 200ms"
	for high, want := range map[int]string{
		52: "use 52: p99 <= 200ms holds, 95% sure, at 600/s; at 52 it was not shown to hold.",
		0:  "use 52: p99 <= 200ms holds, 95% sure, at 600/s. It may hold at larger limits as well: try them.",
	} {
		o.High = high
		if got := o.Advice(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestMarkShowsOnlyAFoundLimitAsTheOneToUse(t *testing.T) {
	for _, c := range []struct {
		found *Optimum
		limit int
		want  string
	}{
		{nil, 52, ""}, {found(Unstable), 52, ""}, {&Optimum{Verdict: Peak}, 0, ""},
		{found(Peak), 51, ""}, {found(Peak), 52, "◀ use"}, {found(Peak), 53, "~ peak"}, {found(Peak), 60, "peak"},
		{found(Peak), 69, "~ peak"}, {found(Peak), 70, ""},
		{found(NoKnee), 52, "◀ best so far"}, {found(ClientBound), 52, "◀ client's best"},
	} {
		if got := c.found.Mark(c.limit, 590); got != c.want {
			t.Errorf("%+v at %d: got %q, want %q", c.found, c.limit, got, c.want)
		}
	}
}

func TestLimitsAtWhichRequestsFailAreNamedAsSuch(t *testing.T) {
	o := found(Plateau)
	o.Failing = 60
	for limit, want := range map[int]string{52: "◀ use", 53: "~ peak", 60: RequestsFail, 69: RequestsFail, 4096: RequestsFail} {
		if got := o.Mark(limit, 590); got != want {
			t.Errorf("limit %d: got %q, want %q", limit, got, want)
		}
	}
	for verdict, want := range map[Verdict]string{
		Plateau: "use 52: at least 97.5% of the peak of 605/s, 95% sure; the smallest such limit is in (44, 52]. A larger limit gains nothing, and requests begin to fail at 60.",
		Cliff:   "use 52 and no more: 600/s there, and requests begin to fail at 60.",
	} {
		if o.Verdict = verdict; o.Advice() != want {
			t.Errorf("%s:\ngot  %s\nwant %s", verdict, o.Advice(), want)
		}
	}
}

// With few trials nearly every limit is indistinguishable from the peak, also one with a small part of its goodput.
func TestMarkCallsNoSlowLimitNearThePeak(t *testing.T) {
	o := found(Peak)
	o.Peak.Low = 1
	if got := o.Mark(1, 20); got != "" {
		t.Errorf("3.3%% of the peak: got %q, want no mark", got)
	}
}

func TestAdviceSaysThatALimitForAnObjectiveIsAGuess(t *testing.T) {
	o := found(Objective)
	o.Objective, o.Certain, o.Low, o.High = "p99 <= 200ms", false, 1, 64
	want := "use 52, the best guess so far: p99 <= 200ms seems to hold there, at 600/s, but no limit was shown to hold it; the largest that does is in [1, 64)."
	if got := o.Advice(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
