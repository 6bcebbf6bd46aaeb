package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"sweetspot/results"
	"sweetspot/results/threshold"
	"sweetspot/strategies"
)

// unmetError is the error of a run that ended well but does not meet a threshold.
type unmetError struct{ error }

func (e unmetError) Unwrap() error { return e.error }

// thresholds are the flags that say what a run has to meet, as they were given and as they were parsed.
type thresholds struct {
	requirements []string
	errorRate    string

	parsed       []*threshold.Threshold
	mostErrors   float64 // a share, from 0 to 1
	errorsMatter bool
	names        []string // of the strategies to run
}

// thresholdsHelp says what --require takes.
func thresholdsHelp() string {
	return `Thresholds: with --require 'SUM < SUM' (or <= > >=), which may be repeated, the exit status is 3 unless the run meets it, and
a message says what was measured. A sum is made with + - * / and parentheses from numbers, such as 0.8, 1% and 50ms, and
from figures:
  ` + strings.Join(threshold.Metrics(), "\n  ") + `
The figures of a sweep are those at the limit to use. The best estimates decide, not their intervals. Latencies and CPU
times are durations and must be compared with durations. A threshold on an unknown figure is not met.`
}

func (t *thresholds) bind(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&t.requirements, "require", nil,
		"exit with status 3 unless the run meets this `REQUIREMENT`, such as 'p99(pool) < 50ms'; may be repeated")
	f.StringVar(&t.errorRate, "max-error-rate", "",
		"exit with status 3 if more than this `SHARE`, such as 1%, of the requests of any strategy failed")
}

// parse parses the flags for a run of the command with the strategies, and adds to found what is wrong with them.
func (t *thresholds) parse(cmd *cobra.Command, all []strategies.Strategy, found *faults) {
	for _, s := range all {
		t.names = append(t.names, s.Name())
	}
	for _, text := range t.requirements {
		parsed, err := threshold.Parse(text)
		if err == nil && len(all) > 0 { // that there is no strategy is a fault already
			err = parsed.Check(cmd.Name(), t.names)
		}
		found.add(fmt.Sprintf("--require %q", text), err)
		t.parsed = append(t.parsed, parsed)
	}
	if t.errorsMatter = cmd.Flags().Changed("max-error-rate"); t.errorsMatter {
		var ok bool
		if t.mostErrors, ok = parseShare(t.errorRate); !ok {
			found.addf("--max-error-rate %q: want a share such as 1%% or 0.01", t.errorRate)
		}
	}
}

// parseShare reads a share from 0 to less than 1, such as 1% or 0.01.
func parseShare(text string) (share float64, ok bool) {
	number, percent := strings.CutSuffix(text, "%")
	share, err := strconv.ParseFloat(number, 64)
	if percent {
		share /= 100
	}
	return share, err == nil && share >= 0 && share < 1 // written so that NaN is wrong too
}

// unmet returns an error with a line for each threshold that the run does not meet, or nil.
func (t *thresholds) unmet(run *results.Run) error {
	var errs []error
	for _, one := range t.parsed {
		if failure := one.Failure(run); failure != "" {
			errs = append(errs, errors.New(failure))
		}
	}
	if t.errorsMatter {
		errs = append(errs, t.faulty(run)...)
	}
	if len(errs) == 0 {
		return nil
	}
	return unmetError{errors.Join(errs...)}
}

// faulty returns an error for each strategy that had more errors than it may, that broke down, or of which no request was
// measured: nothing is known about the errors of one that was left out.
func (t *thresholds) faulty(run *results.Run) (errs []error) {
	for _, name := range t.names {
		share, words, err := threshold.ErrorRate(run, name)
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("not met: --max-error-rate %s: %s: %w", t.errorRate, name, err))
		case share > t.mostErrors:
			errs = append(errs, fmt.Errorf("not met: --max-error-rate %s: %s had %s", t.errorRate, name, words))
		}
	}
	return errs
}
