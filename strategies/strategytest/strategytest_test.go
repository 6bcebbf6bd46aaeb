package strategytest_test

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"sweetspot/strategies"
	"sweetspot/strategies/strategytest"
)

// faultVariable names the fault of the strategy that TestFaultyStrategy tests.
const faultVariable = "SWEETSPOT_TEST_FAULT"

// Each fault must fail the check that is about it, in a process of its own since a test that fails cannot pass.
func TestTestFindsFaults(t *testing.T) {
	for fault, check := range map[string]string{
		"one request more than the limit in flight": "exactly limit requests are in flight",
		"requests made twice":                       "each request is made exactly once",
		"outcomes not handed back":                  "each request is made exactly once",
		"a new session for every run":               "a session keeps its cookies",
		"no wait for requests in flight":            "cancellation starts nothing new and waits",
		"no processor time burnt":                   "Burn is spent in each request",
		"limits of 0 accepted":                      "a session holds limits below its largest",
	} {
		t.Run(fault, func(t *testing.T) {
			name := strings.ReplaceAll(check, " ", "_")
			command := exec.Command(os.Args[0], "-test.run=^TestFaultyStrategy$/^"+name+"$")
			command.Env = append(os.Environ(), faultVariable+"="+fault)
			output, err := command.CombinedOutput()
			if err == nil || !strings.Contains(string(output), "--- FAIL: TestFaultyStrategy/"+name) {
				t.Errorf("the check %q did not fail: %v\n%s", check, err, output)
			}
		})
	}
}

// Without a fault the strategy passes every check.
func TestFaultyStrategy(t *testing.T) {
	pool, err := strategies.Get("fasthttp")
	if err != nil {
		t.Fatal(err)
	}
	strategytest.Test(t, faulty{pool, os.Getenv(faultVariable)})
}

// faulty is a strategy with a fault, which may be none.
type faulty struct {
	strategies.Strategy
	fault string
}

func (f faulty) Open(ctx context.Context, target strategies.Target, maxLimit int) (strategies.Session, error) {
	if f.fault == "no processor time burnt" {
		target.Burn = 0
	}
	open := func() (strategies.Session, error) { return f.Strategy.Open(ctx, target, maxLimit+1) }
	session, err := open()
	return &faultySession{Session: session, fault: f.fault, open: open}, err
}

// Traits returns those of the strategy without the fault.
func (f faulty) Traits() strategies.Traits { return strategies.TraitsOf(f.Strategy) }

type faultySession struct {
	strategies.Session
	fault string
	open  func() (strategies.Session, error)
}

func (s *faultySession) Run(ctx context.Context, limit int, work strategies.Work) error {
	switch s.fault {
	case "one request more than the limit in flight":
		limit++
	case "requests made twice", "outcomes not handed back":
		work = &faultyWork{Work: work, fault: s.fault}
	case "a new session for every run":
		if err := s.Session.Close(); err != nil {
			return err
		}
		var err error
		if s.Session, err = s.open(); err != nil {
			return err
		}
	case "no wait for requests in flight":
		go func() { _ = s.Session.Run(ctx, limit, work) }()
		<-ctx.Done()
		return nil
	case "limits of 0 accepted":
		limit = max(limit, 1)
	}
	return s.Session.Run(ctx, limit, work)
}

// faultyWork hands out every request twice, or does not hand back all outcomes.
type faultyWork struct {
	strategies.Work
	fault string
}

func (w *faultyWork) Worker() strategies.Worker {
	return &faultyWorker{Worker: w.Work.Worker(), fault: w.fault}
}

type faultyWorker struct {
	strategies.Worker
	fault string

	mu    sync.Mutex
	again *strategies.Request
}

func (w *faultyWorker) Next(ctx context.Context, r *strategies.Request) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fault == "requests made twice" && w.again != nil {
		*r, w.again = *w.again, nil
		return true
	}
	if !w.Worker.Next(ctx, r) {
		return false
	}
	copied := *r
	w.again = &copied
	return true
}

func (w *faultyWorker) Done(r *strategies.Request, o strategies.Outcome) {
	if w.fault != "outcomes not handed back" || r.Index%3 != 0 {
		w.Worker.Done(r, o)
	}
}
