package bench

import (
	"math"
	"strings"
	"testing"
	"time"

	"sweetspot/results"
)

func TestSignsClientBoundTakesTwoSignsOrAProof(t *testing.T) {
	healthy := signs{slots: 1, cpu: 0.3, scheduling: 0.01, reach: 0.1, inside: 0.1}
	with := func(change func(*signs)) signs { e := healthy; change(&e); return e }
	proof := causalTest{burn: 40 * time.Microsecond, predicted: math.Log(0.8), ratios: []float64{-0.2, -0.22, -0.21, -0.19, -0.2}}
	for _, test := range []struct {
		name  string
		given signs
		want  bool
	}{
		{"a server far below what the client reaches", healthy, false},
		{"slots that are mostly in the client, alone", with(func(e *signs) { e.slots = 0.4 }), false},
		{"slots that are mostly in the client, where latency grows too", with(func(e *signs) { e.slots, e.inside = 0.4, 0.9 }), false},
		{"a client that is a little slow to fill slots, near what it reaches", with(func(e *signs) { e.slots, e.reach = 0.88, 0.74 }), false},
		{"a client that keeps the requests to itself", with(func(e *signs) { e.slots, e.reach = 0, 0.95 }), true},
		{"a program that uses all of one processor", with(func(e *signs) { e.cpu, e.program, e.reach = 0.5, 0.97, 0.9 }), true},
		{"a program that does not, whatever goroutines wait for", with(func(e *signs) { e.program, e.scheduling, e.reach = 0.7, 0.2, 0.7 }), false},
		{"a busy client alone", with(func(e *signs) { e.cpu = 0.8 }), false},
		{"a busy client, seen twice", with(func(e *signs) { e.cpu, e.scheduling = 0.8, 0.2 }), false},
		{"a fast server, not slower than one that answers at once", with(func(e *signs) { e.reach = 1 }), false},
		{"a lock in the client", with(func(e *signs) { e.reach, e.inside = 1, 0.9 }), true},
		{"a busy client that reaches all it can", with(func(e *signs) { e.cpu, e.reach = 0.8, 0.9 }), true},
		{"a slower client that gets proportionally less", with(func(e *signs) { e.reach, e.slowed = 0.9, proof }), true},
		{"a slower client that gets as much as before", with(func(e *signs) {
			e.reach, e.slowed = 0.9, causalTest{predicted: math.Log(0.8), ratios: []float64{0.01, -0.02, 0, 0.01, -0.01}}
		}), false},
	} {
		if got, why := test.given.clientBound(); got != test.want || got && why == "" {
			t.Errorf("%s: client-bound %v (%s), want %v", test.name, got, why, test.want)
		}
	}
}

func TestCausalTestProvesOnlyWhatIsCertain(t *testing.T) {
	predicted := math.Log(0.8)
	for _, test := range []struct {
		name   string
		ratios []float64
		want   bool
	}{
		{"as predicted, without noise", []float64{predicted, predicted, predicted, predicted, predicted}, true},
		{"as predicted, with noise", []float64{-0.15, -0.3, -0.25, -0.2, -0.2}, true},
		{"too noisy to tell", []float64{-0.5, 0.3, -0.6, 0.1, -0.4}, false},
		{"a tenth of it", []float64{-0.02, -0.03, -0.02, -0.01, -0.02}, false},
		{"nothing measured", nil, false},
	} {
		if got := (causalTest{predicted: predicted, ratios: test.ratios}).proves(); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

// What a client says about its slots is not what the wire and the server see of them.
func TestOutsideIsTheLeastThatIsSeen(t *testing.T) {
	trial := func(inFlight, wire, server float64) results.Trial {
		return results.Trial{Limit: 60, Elapsed: 1, Started: 2060, CutOff: 60, Succeeded: 2000, InFlightMean: inFlight, Wire: wire, Server: server}
	}
	for name, c := range map[string]struct {
		trial results.Trial
		want  float64
	}{
		"stamps alone":                            {trial(57, 0, 0), 0.95},
		"the wire agrees":                         {trial(60, 0.03, 0), 1},
		"pool on a server that answers at once":   {trial(59.99, 0.028, 0.000003), 0.0001},
		"a client that does much around the wire": {trial(60, 0.012, 0), 0.4},
		"a program on a server that is busy":      {trial(56, 0, 0.027), 0.9},
		"a limit that moves by itself":            {results.Trial{Limit: 60, SettledLimit: 3, InFlightMean: 3}, 1},
	} {
		if got := outside(c.trial); math.Abs(got-c.want) > 1e-3 {
			t.Errorf("%s: %.4f, want %.4f", name, got, c.want)
		}
	}
}

func TestGrowthInsideIgnoresTrialsWithoutTimedConnections(t *testing.T) {
	trial := func(latency, wire float64) results.Trial {
		return results.Trial{Latency: results.Latency{Mean: latency}, Wire: wire}
	}
	first := []results.Trial{trial(0.05, 0.05), trial(0.05, 0)}
	if got := growthInside(first, []results.Trial{trial(0.09, 0), trial(0.09, 0.05)}); math.Abs(got-1) > 1e-9 {
		t.Errorf("%g of the growth is inside, want all: the wire is no slower", got)
	}
	if got := growthInside(first[1:], first[:1]); got != 0 {
		t.Errorf("%g, want 0 where nothing is known", got)
	}
}

func TestSignsClientBoundSaysWhatWasSeen(t *testing.T) {
	_, why := signs{slots: 0.4, cpu: 0.9, reach: 0.97, inside: 0.8}.clientBound()
	for _, part := range []string{"only 40% of the time that they held a slot", "90% of its processors", "97% of what the strategy reaches"} {
		if !strings.Contains(why, part) {
			t.Errorf("want %q in %q", part, why)
		}
	}
	if _, why = (signs{slots: 1, program: 0.95, inside: 0.8}).clientBound(); !strings.Contains(why, "80% of the growth") || !strings.Contains(why, "95% of one processor") {
		t.Errorf("got %q", why)
	}
}

func TestExemption(t *testing.T) {
	for _, test := range []struct {
		name      string
		load      Load
		objective *Objective
		want      exemption
	}{
		{"a window is examined", Load{Duration: time.Second}, nil, notExempt},
		{"a batch is not", Load{Requests: 100}, nil, exemptBatch},
		{"a batch at a rate is a batch", Load{Requests: 100, Rate: 5}, nil, exemptBatch},
		{"a rate is not", Load{Duration: time.Second, Rate: 5}, nil, exemptRate},
		{"an objective is not, whatever the load", Load{Rate: 5}, new(Objective), exemptObjective},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.load.exemption(test.objective); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// A client that is starved of processors must not be taken for a server that the search has harmed.
func TestObservationSaysWhatTheClientDid(t *testing.T) {
	calm := results.Trial{Limit: 64, Elapsed: 2, Started: 1200, Succeeded: 1200, PerSecond: 600, InFlightMean: 64}
	with := func(change func(*results.Trial)) results.Trial { t := calm; change(&t); return t }
	for _, test := range []struct {
		name            string
		given           results.Trial
		atServer, ready float64
	}{
		{"nothing is known beside the slots", calm, 1, 0},
		{"its threads waited half a second in each", with(func(t *results.Trial) { t.Waited = 1 }), 1, math.Exp(-0.5)},
		{"the server had half of the slots' requests", with(func(t *results.Trial) { t.Server = 32.0 / 600 }), 0.5, 0},
		{"the server had a little more, with its warm-up", with(func(t *results.Trial) { t.Server, t.Wire = 66.0/600, 66.0/600 }), 1, 0},
	} {
		got := observation(&test.given)
		if math.Abs(got.AtServer-test.atServer) > 1e-9 || math.Abs(got.Ready-test.ready) > 1e-9 {
			t.Errorf("%s: %.3f at the server, ready for %.3f; want %.3f and %.3f", test.name, got.AtServer, got.Ready, test.atServer, test.ready)
		}
	}
}
