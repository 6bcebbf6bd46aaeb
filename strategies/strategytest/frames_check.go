package strategytest

import (
	"io"
	"log"
	"os"
	"slices"
	"sync"
	"testing"

	"sweetspot/strategies"
)

// framesHaveTheirClass makes requests for every odd way to answer in HTTP/2. Whatever a server sends takes little memory.
func framesHaveTheirClass(t *testing.T, c candidate) {
	skipIf(t, c.protocol != strategies.HTTP2, "it does not speak HTTP/2")
	log.SetOutput(io.Discard) // net/http writes what servers do wrong to the standard logger
	t.Cleanup(func() { log.SetOutput(os.Stderr) })
	const allowed = 160 << 20 // bytes: what huge answers may take, too
	for _, secure := range []bool{false, true} {
		t.Run(map[bool]string{false: "http", true: "https"}[secure], func(t *testing.T) {
			var asked []askedFrames
			grown := heapGrowth(func() { asked = askFrames(t, c, secure) })
			for _, a := range asked {
				t.Run(a.String(), func(t *testing.T) {
					want := append([]strategies.Class{a.Want}, a.Also...)
					for _, o := range a.outcomes {
						if !slices.Contains(want, o.Class) {
							t.Errorf("class %v, want %v: %v", o.Class, want, o.Err)
						}
					}
				})
			}
			if grown > allowed {
				t.Errorf("the heap grew by %d MB, want at most %d", grown>>20, allowed>>20)
			}
		})
	}
}

type askedFrames struct {
	Frames
	outcomes []strategies.Outcome
}

// askFrames makes three requests for each of the frames, two at a time, in a session for each: some of them end in their timeout.
func askFrames(t *testing.T, c candidate, secure bool) []askedFrames {
	const n, limit = 3, 2
	var (
		asked []askedFrames
		all   sync.WaitGroup
		few   = make(chan struct{}, 8) // at a time: the others' timeouts must not come first
	)
	for _, f := range AllFrames() {
		asked = append(asked, askedFrames{Frames: f})
	}
	for i := range asked {
		a := &asked[i]
		all.Go(func() {
			few <- struct{}{}
			defer func() { <-few }()
			target := strategies.Target{Insecure: true, Timeout: answerTimeout, DialTimeout: answerTimeout}
			if a.Want == strategies.Timeout {
				target.Timeout, target.DialTimeout = slowTimeout, slowTimeout
			}
			session, err := c.Open(t.Context(), target, limit)
			if err != nil {
				t.Error(err)
				return
			}
			defer session.Close()
			w := NewWork(n, a.Serve(t, secure))
			if err := session.Run(t.Context(), limit, w); err != nil {
				t.Error(err)
				return
			}
			w.Check(t)
			for index := range w.N {
				a.outcomes = append(a.outcomes, w.Outcomes[index])
			}
		})
	}
	all.Wait()
	return asked
}
