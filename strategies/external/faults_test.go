package external

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"sweetspot/strategies"
)

// countedWork is Work of n requests that counts those that came back.
type countedWork struct {
	mu            sync.Mutex
	n             int64
	started, back int64
	failed        int64
	last          error
}

func (w *countedWork) Worker() strategies.Worker { return w }

func (w *countedWork) Next(ctx context.Context, r *strategies.Request) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.started == w.n || ctx.Err() != nil {
		return false
	}
	r.URL = "http://127.0.0.1:1/"
	w.started++
	return true
}

func (w *countedWork) Done(_ *strategies.Request, o strategies.Outcome) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.back++
	if o.Class != strategies.OK {
		w.failed++
		w.last = o.Err
	}
}

// A program that breaks the protocol is ended, with all its children. Every request that it was given comes back. The error
// says what was wrong, and ends with the program's standard error.
func TestSessionEndsAProgramThatBreaksTheProtocol(t *testing.T) {
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			e := Program{Name: "faulty", Command: []string{os.Args[0], asProgram, "faulty", f.name}}.Strategy()
			s, err := e.start(strategies.Target{Timeout: 100 * time.Millisecond}, 4)
			if err != nil {
				t.Fatal(err)
			}
			stage, err := useSession(t, s)
			if want := map[string]string{"begin": "open", "start": "run", "stop": "run"}; stage != cmp.Or(want[f.asks], f.asks) {
				t.Errorf("the error came from %s, want %s", stage, cmp.Or(want[f.asks], f.asks))
			}
			if err == nil || !strings.HasPrefix(err.Error(), "faulty: ") || !strings.Contains(err.Error(), f.want) {
				t.Errorf("got error:  %v\nwant in it: %s", err, f.want)
			}
			if err := s.Close(); err != nil {
				t.Errorf("a second close gave %v", err)
			}
			pids := []int{s.process.(*osProcess).command.Process.Pid}
			if _, left, ok := strings.Cut(err.Error(), "left "); ok {
				child, _ := strconv.Atoi(left)
				pids = append(pids, child)
			}
			for _, pid := range pids {
				awaitEnd(t, pid)
			}
		})
	}
}

// useSession opens the session, makes a run and closes it. It returns the first error, and which of the three returned it.
func useSession(t *testing.T, s *session) (stage string, err error) {
	if err := s.open(t.Context()); err != nil {
		return "open", s.fail(err)
	}
	w := &countedWork{n: 100}
	err = s.Run(t.Context(), 4, w)
	if w.back != w.started {
		t.Errorf("%d requests came back of %d", w.back, w.started)
	}
	if err == nil {
		return "close", s.Close()
	}
	if w.failed > 0 && !errors.Is(w.last, err) {
		t.Errorf("requests failed with %v, want the error of the run, %v", w.last, err)
	}
	if again := s.Run(t.Context(), 4, &countedWork{n: 1}); again != err {
		t.Errorf("a second run gave %v, want the error of the first", again)
	}
	return "run", err
}

// awaitEnd waits until a process has ended. A zombie, which its parent has not reaped, has ended.
func awaitEnd(t *testing.T, pid int) {
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		process, err := os.FindProcess(pid)
		if err != nil || process.Signal(syscall.Signal(0)) != nil {
			return
		}
		if stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); strings.Contains(string(stat), ") Z ") {
			return
		}
		if time.Now().After(deadline) {
			t.Errorf("process %d is still running", pid)
			return
		}
	}
}
