package bench_test

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"sweetspot/bench"
	"sweetspot/results"
	"sweetspot/strategies"
)

func TestAMachineWithoutFreePortsIsNamed(t *testing.T) {
	for _, err := range []error{
		fmt.Errorf("dial tcp 192.0.2.1:80: connect: %w", syscall.EADDRNOTAVAIL),
		errors.New("OSError: [Errno 99] Cannot assign requested address"),
	} {
		synctest.Test(t, func(t *testing.T) {
			made := 0
			s := simulated{name: "a", latency: always(time.Millisecond), outcome: func() strategies.Outcome {
				if made++; made > 10 {
					return strategies.Outcome{Class: strategies.Other, Err: err}
				}
				return strategies.Answered(200, 1, nil)
			}}
			got := measure(t, t.Context(), s, 1, bench.Load{Requests: 30})
			if w := warned(got, results.NoPorts); w.Numbers["failed"] != 20 {
				t.Errorf("%v: warnings %v, want that 20 had no port", err, got.Warnings)
			}
			if !strings.HasPrefix(got.FirstError, "this machine has no free port for another connection: ") {
				t.Errorf("first error %q", got.FirstError)
			}
		})
	}
}
