package server

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Failures are the shares of requests, 0 to 1, that are made to fail in each way. At most one failure happens to a
// request, so the shares must add up to at most 1; the other requests are answered normally. A request that fails has the
// same delay as any other and uses as much of the capacity; the one exception is Hang, which uses none.
type Failures struct {
	Reset     float64       // the connection is reset (a TCP RST), or the stream (RST_STREAM), instead of an answer
	Status500 float64       // answered 500
	Status429 float64       // answered 429 with Retry-After
	Hang      float64       // not answered: it waits until the client hangs up or the server closes
	Truncate  float64       // half of the body is sent, then the connection, or the stream, is closed
	Slow      float64       // answered normally, SlowBy later
	SlowBy    time.Duration // the additional delay; must be above 0 if Slow is
}

// A share is one of the shares, with its name in a spec and its outcome.
type share struct {
	name    string
	value   *float64
	outcome outcome
}

// shares returns all shares, in the order in which String prints them.
func (f *Failures) shares() []share {
	return []share{
		{"reset", &f.Reset, reset},
		{"status500", &f.Status500, status500},
		{"status429", &f.Status429, status429},
		{"hang", &f.Hang, hang},
		{"truncate", &f.Truncate, truncate},
		{"slow", &f.Slow, slow},
	}
}

const failExample = "reset=1%,status500=2%,status429=1%,hang=0.1%,truncate=1%,slow=1%:2s"

// ParseFailures reads shares from a spec such as "reset=1%,status500=2%,slow=1%:2s": each share at most once, in any
// order. The empty spec means no failures. An error is one line that names every invalid share and shows a valid spec.
func ParseFailures(spec string) (Failures, error) {
	var f Failures
	if spec == "" {
		return f, nil
	}
	var errs []string
	seen := make(map[string]bool)
	for item := range strings.SplitSeq(spec, ",") {
		name, text, _ := strings.Cut(item, "=")
		if seen[name] {
			errs = append(errs, name+" is given twice")
		}
		seen[name] = true
		if err := f.set(name, text); err != nil {
			errs = append(errs, err.Error())
		}
	}
	if len(errs) == 0 {
		if err := f.Validate(); err != nil {
			errs = strings.Split(err.Error(), "\n")
		}
	}
	if len(errs) > 0 {
		return Failures{}, fmt.Errorf("fail %q: %s, as in %s", spec, strings.Join(errs, "; "), failExample)
	}
	return f, nil
}

// set parses the text behind a share's name: a percentage and, for slow, a duration.
func (f *Failures) set(name, text string) error {
	for _, s := range f.shares() {
		if s.name != name {
			continue
		}
		percent, slowBy, hasDuration := strings.Cut(text, ":")
		number, ok := strings.CutSuffix(percent, "%")
		value, err := strconv.ParseFloat(number, 64)
		if !ok || err != nil || hasDuration != (name == "slow") {
			return fmt.Errorf("%s %q: want a share such as 1%% (for slow: 1%%:2s)", name, text)
		}
		*s.value = value / 100
		if hasDuration {
			if f.SlowBy, err = time.ParseDuration(slowBy); err != nil {
				return fmt.Errorf("slow %q: want a duration after the colon, such as 2s", text)
			}
		}
		return nil
	}
	return fmt.Errorf("unknown failure %q", name)
}

// String returns the spec that ParseFailures reads back.
func (f Failures) String() string {
	var items []string
	for _, s := range f.shares() {
		if *s.value == 0 {
			continue
		}
		// A float64 keeps 15 digits of a decimal number: with them 0.07 is printed as 7%, not as 7.000000000000001%.
		item := s.name + "=" + strconv.FormatFloat(*s.value*100, 'g', 15, 64) + "%"
		if s.outcome == slow {
			item += ":" + f.SlowBy.String()
		}
		items = append(items, item)
	}
	return strings.Join(items, ",")
}

// Validate returns an error with one line per share that is out of range, or nil.
func (f Failures) Validate() error {
	var errs []error
	sum := 0.0
	for _, s := range f.shares() {
		if !(*s.value >= 0 && *s.value <= 1) { // also true for NaN
			errs = append(errs, fmt.Errorf("fail: %s %v%%: want a share from 0%% to 100%%", s.name, *s.value*100))
		}
		sum += *s.value
	}
	const rounding = 1e-9
	if sum > 1+rounding {
		errs = append(errs, fmt.Errorf("fail: the shares add up to %.4g%%: want at most 100%%", sum*100))
	}
	if f.SlowBy < 0 || f.Slow > 0 && f.SlowBy == 0 {
		errs = append(errs, fmt.Errorf("fail: slow by %v: want a duration above 0", f.SlowBy))
	}
	return errors.Join(errs...)
}

// none reports whether every share is 0.
func (f Failures) none() bool {
	f.SlowBy = 0
	return f == Failures{}
}

// choose turns a number drawn uniformly from [0, 1) into the outcome of a request.
func (f *Failures) choose(u float64) outcome {
	for _, s := range f.shares() {
		if u < *s.value {
			return s.outcome
		}
		u -= *s.value
	}
	return answered
}
