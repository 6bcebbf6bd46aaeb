package all_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"sweetspot/strategies"
	_ "sweetspot/strategies/all"
	"sweetspot/strategies/external"
	"sweetspot/strategies/strategytest"
)

// every returns every registered strategy and every pair.
func every() []strategies.Strategy { return slices.Concat(strategies.Named(), strategies.Pairs()) }

// sharing has the strategies whose requests are made by the HTTP client of another, which is tested in full. What is sent and
// how answers are read is the client's part, so of them only the schedule is tested.
var sharing = map[string]string{
	"adaptive": "pool", "semaphore": "pool", "sequential": "pool", "unbounded": "pool",
	"python-requests-session": "python-threads", "python-httpx-unbounded": "python-httpx", "python-uvloop": "python-aiohttp",
}

func TestConformance(t *testing.T) {
	for _, s := range every() {
		t.Run(s.Name(), func(t *testing.T) {
			if _, program := s.(external.Strategy); program {
				if strategytest.RaceDetector {
					t.Skip("tested without the race detector")
				}
				strategytest.RequireInstalled(t, s)
			}
			if _, shares := sharing[s.Name()]; shares || strings.Contains(s.Name(), "+") {
				strategytest.TestSchedule(t, s)
			} else {
				strategytest.Test(t, s)
			}
		})
	}
}

func TestEveryClientIsTestedInFull(t *testing.T) {
	full := map[string]bool{}
	for _, s := range strategies.Named() {
		_, shares := sharing[s.Name()]
		full[s.Name()] = !shares
	}
	for name, other := range sharing {
		if _, registered := full[name]; !registered || !full[other] {
			t.Errorf("%s shares the client of %s: want both registered, and the second tested in full", name, other)
		}
	}
	alone := map[string]string{"net/http": "pool"} // the strategy of the schedule pool and that client, if its name is another
	for _, s := range strategies.Pairs() {
		if client, ok := strings.CutPrefix(s.Name(), "pool+"); ok && !full[cmp.Or(alone[client], client)] {
			t.Errorf("no strategy of the client %s is tested in full", client)
		}
	}
}

func TestGetFindsEveryStrategyByItsName(t *testing.T) {
	for _, s := range every() {
		got, err := strategies.Get(s.Name())
		if err != nil || got.Name() != s.Name() {
			t.Errorf("Get(%q) gave %v, %v", s.Name(), got, err)
		}
		if s.Doc() == "" || strings.Contains(s.Doc(), "\n") {
			t.Errorf("%s: doc %q, want one line", s.Name(), s.Doc())
		}
	}
}
