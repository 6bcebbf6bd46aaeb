package bench_test

import (
	"strings"
	"testing"
	"time"

	"sweetspot/bench"
	"sweetspot/strategies"
)

func TestPlanRunNamesEveryFieldThatIsWrong(t *testing.T) {
	pool, err := strategies.Get("pool")
	if err != nil {
		t.Fatal(err)
	}
	some := []strategies.Strategy{pool}
	urls := bench.List{"http://127.0.0.1:1/"} // which nothing may be sent to
	window := bench.Load{URLs: urls, Duration: time.Second}
	for name, test := range map[string]struct {
		plan bench.Plan
		load bench.Load
		want []string // parts of the error, one for each of its lines
	}{
		"an empty load": {bench.Comparison{Strategies: some, Limit: 1, Repeats: 1}, bench.Load{},
			[]string{"load: no URL", "load: 0 requests and a duration of 0s"}},
		"a load with a negative rate": {bench.Batches{Repeats: 1}, bench.Load{URLs: urls, Requests: 1, Rate: -1}, []string{"load: rate -1"}},
		"an empty comparison":         {bench.Comparison{}, window, []string{"no strategy", "repeats 0"}},
		"batches without a block":     {bench.Batches{}, window, []string{"repeats 0"}},
		"an empty sweep":              {bench.Sweep{}, window, []string{"no strategy", "min 0, max 0", "share 0", "budget 0s"}},
		"a grid with a limit of 0": {bench.Sweep{Strategies: some, Limits: []int{0, 4}, Share: 0.9, Budget: time.Second}, window,
			[]string{"limits [0 4]: want each at least 1"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := test.plan.Run(t.Context(), test.load, bench.Observer{})
			if err == nil {
				t.Fatal("no error")
			}
			lines := strings.Split(err.Error(), "\n")
			if len(lines) != len(test.want) {
				t.Fatalf("got %d lines, want %d: %v", len(lines), len(test.want), err)
			}
			for i, want := range test.want {
				if !strings.Contains(lines[i], want) {
					t.Errorf("line %d is %q, want %q in it", i+1, lines[i], want)
				}
			}
		})
	}
}
