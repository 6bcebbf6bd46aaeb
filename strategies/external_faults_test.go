package strategies

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
)

// toll is the plainest Work: so many requests, and whether all of them came back.
type toll struct {
	mu            sync.Mutex
	n             int64
	started, back int64
	failed        int64
	last          error
}

func (w *toll) Worker() Worker { return w }

func (w *toll) Next(ctx context.Context, r *Request) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.started == w.n || ctx.Err() != nil {
		return false
	}
	r.URL = "http://127.0.0.1:1/"
	w.started++
	return true
}

func (w *toll) Done(_ *Request, o Outcome) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.back++
	if o.Class != OK {
		w.failed++
		w.last = o.Err
	}
}

// A program that does not do as it should is ended, with all its children; everything it was handed comes back; and the
// error says what was wrong, and what the program said last.
func TestAProgramThatMisbehavesIsEnded(t *testing.T) {
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			e := Program{Name: "faulty", Command: []string{os.Args[0], asProgram, "faulty", f.name}}.Strategy()
			s, err := e.start(Target{Timeout: 100 * time.Millisecond}, 4)
			if err != nil {
				t.Fatal(err)
			}
			stage, err := abuse(t, s)
			if want := map[string]string{"begin": "open", "start": "run", "stop": "run"}; stage != cmp.Or(want[f.asks], f.asks) {
				t.Errorf("it was found out in %s, want %s", stage, cmp.Or(want[f.asks], f.asks))
			}
			if err == nil || !strings.HasPrefix(err.Error(), "faulty: ") || !strings.Contains(err.Error(), f.want) {
				t.Errorf("got error:  %v\nwant in it: %s", err, f.want)
			}
			if err := s.Close(); err != nil {
				t.Errorf("a second close gave %v", err)
			}
			pids := []int{s.child.(*process).command.Process.Pid}
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

// abuse opens the session, makes a run and closes it, and returns what of these gave an error, and which.
func abuse(t *testing.T, s *externalSession) (stage string, err error) {
	if err := s.open(t.Context()); err != nil {
		return "open", s.fail(err)
	}
	w := &toll{n: 100}
	err = s.Run(t.Context(), 4, w)
	if w.back != w.started {
		t.Errorf("%d requests came back of %d", w.back, w.started)
	}
	if err == nil {
		return "close", s.Close()
	}
	if w.failed > 0 && !errors.Is(w.last, err) {
		t.Errorf("requests failed for %v, want the reason of the run, %v", w.last, err)
	}
	if again := s.Run(t.Context(), 4, &toll{n: 1}); again != err {
		t.Errorf("a second run gave %v, want the error of the first", again)
	}
	return "run", err
}

// awaitEnd waits until a process is no more, or a zombie that nobody has taken the trouble to bury.
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
			t.Errorf("process %d is still there", pid)
			return
		}
	}
}
