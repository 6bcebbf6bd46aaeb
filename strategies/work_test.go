package strategies_test

import (
	"context"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sweetspot/strategies"
)

// work is the plainest Work there is: n requests to the URLs in turn, and every outcome kept.
type work struct {
	urls  []string
	n     int64
	began time.Time

	mu       sync.Mutex
	started  int64
	outcomes map[int64]strategies.Outcome // by the request's index
	twice    []int64                      // indexes that came back more than once
}

func newWork(n int64, urls ...string) *work {
	return &work{urls: urls, n: n, began: time.Now(), outcomes: map[int64]strategies.Outcome{}}
}

func (w *work) Worker() strategies.Worker { return w }

func (w *work) Next(ctx context.Context, r *strategies.Request) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.started == w.n || ctx.Err() != nil {
		return false
	}
	r.Index, r.URL, r.Start = w.started, w.urls[w.started%int64(len(w.urls))], time.Since(w.began)
	w.started++
	return true
}

func (w *work) Done(r *strategies.Request, o strategies.Outcome) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, again := w.outcomes[r.Index]; again {
		w.twice = append(w.twice, r.Index)
	}
	w.outcomes[r.Index] = o
}

// check holds the work to what must be true after any Run: every request started came back exactly once.
func (w *work) check(t *testing.T) {
	t.Helper()
	if len(w.twice) > 0 {
		t.Errorf("requests %v came back twice", w.twice)
	}
	if got := int64(len(w.outcomes)); got != w.started {
		t.Errorf("%d requests came back, want the %d that were started", got, w.started)
	}
}

// classes counts the outcomes by class.
func (w *work) classes() map[strategies.Class]int {
	counts := map[strategies.Class]int{}
	for _, o := range w.outcomes {
		counts[o.Class]++
	}
	return counts
}

// errors returns the distinct errors of the outcomes, for a message.
func (w *work) errors() string {
	var texts []string
	for _, o := range w.outcomes {
		if o.Err != nil && !slices.Contains(texts, o.Err.Error()) {
			texts = append(texts, o.Err.Error())
		}
	}
	return strings.Join(texts, "; ")
}

// all returns every strategy there is, and this test's own program as one.
func all() []strategies.Strategy {
	return append(slices.Concat(strategies.Named(), strategies.Pairs()), program("external", "fasthttp"))
}

// program is a strategy of this package as a program of its own, which the test binary is when it is started anew.
func program(name, strategy string) strategies.External {
	return strategies.Program{Name: name, Doc: "a program", Command: []string{os.Args[0], "as-program", strategy}}.Strategy()
}

// excused skips the test if the strategy is a program that cannot do what the test is about.
func excused(t *testing.T, cannot bool, why string) {
	t.Helper()
	if cannot {
		t.Skip(why)
	}
}

// traits returns what is known of a strategy that is a program, and nothing of another.
func traits(s strategies.Strategy) strategies.Program {
	e, _ := s.(strategies.External)
	return e.Program
}

// unhurried returns how long a server should take for every slot to be seen full. An interpreter spends milliseconds on a
// request where the machine is busy.
func unhurried(s strategies.Strategy, delay time.Duration) time.Duration {
	if traits(s).Command != nil {
		return 100 * time.Millisecond
	}
	return delay
}

// everyStrategy runs a test for each.
func everyStrategy(t *testing.T, test func(t *testing.T, s strategies.Strategy)) {
	for _, s := range all() {
		t.Run(s.Name(), func(t *testing.T) {
			needs(t, s)
			test(t, s)
		})
	}
}

// open opens a session that the test closes at its end.
func open(t *testing.T, s strategies.Strategy, target strategies.Target, limit int) strategies.Session {
	t.Helper()
	session, err := s.Open(t.Context(), target, limit)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := session.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return session
}

// run opens a session for one Run and returns what it did to the work.
func run(t *testing.T, s strategies.Strategy, target strategies.Target, limit int, w *work) {
	t.Helper()
	if err := open(t, s, target, limit).Run(t.Context(), limit, w); err != nil {
		t.Fatal(err)
	}
	w.check(t)
}
