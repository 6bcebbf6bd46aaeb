package results_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sweetspot/results"
)

func TestPortionsAddUpWhatAgentsDidAndBeginWithTheLargest(t *testing.T) {
	run := &results.Run{
		Agents: []results.Member{{Name: "a", Machine: results.Machine{CPUs: 2}}, {Name: "b", Machine: results.Machine{CPUs: 4}}, {Name: "idle"}},
		Trials: []results.Trial{
			{Strategy: "pool", Limit: 3, Elapsed: 2, Agents: []results.Agent{
				{Name: "a", Started: 100, Limit: 1, CPU: 1, Skew: 3e-5}, {Name: "b", Started: 200, Limit: 2, CPU: 2, Skew: 1e-5}}},
			{Strategy: "pool", Limit: 1, Elapsed: 2, Agents: []results.Agent{{Name: "b", Started: 100, Limit: 1, CPU: 2, Skew: 2e-5}}},
			{Strategy: "pool", Limit: 9, Elapsed: 2, Purpose: results.Control, Agents: []results.Agent{{Name: "a", Started: 1e6, Limit: 9}}},
		},
	}
	want := []results.Portion{
		{Name: "b", Share: 0.75, Smallest: 1, Largest: 2, Busy: 0.25, Skew: 2e-5},
		{Name: "a", Share: 0.25, Smallest: 1, Largest: 1, Busy: 0.25, Skew: 3e-5},
		{Name: "idle"},
	}
	if diff := cmp.Diff(want, run.Portions()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := (&results.Run{Trials: []results.Trial{{Strategy: "pool"}}}).Portions(); len(got) > 0 {
		t.Errorf("got %v of a run without agents", got)
	}
}

func TestLoadRefusesAgentsThatDoNotAddUp(t *testing.T) {
	with := func(agents string) string {
		return goodHead + strings.Replace(goodTrial, `"started"`, `"agents":[`+agents+`],"started"`, 1) + goodEnd
	}
	for agents, want := range map[string]string{
		`{"name":"a","started":4,"succeeded":3},{"name":"b","started":6,"succeeded":4}`: "",
		`{"name":"a","started":4,"succeeded":3}`:                                        "f:2: trial.agents: 4 started and 3 succeeded: the trial says 10 and 7",
		`{"name":"a","started":11,"succeeded":7},{"name":"b","started":-1}`:             "f:2: trial.agents: b: a figure is below 0",
	} {
		run, err := results.Parse("f", []byte(with(agents)))
		if got := errorText(err); got != want {
			t.Errorf("%s: got %q, want %q", agents, got, want)
		}
		if err == nil && len(run.Trials[0].Agents) != 2 {
			t.Errorf("%s: got %+v", agents, run.Trials[0].Agents)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
