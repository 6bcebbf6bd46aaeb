package server

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Failures are the shares of requests, 0 to 1, that something happens to. They exclude each other, so that they must
// add up to at most 1; the others are answered as they should be. Those that fail have waited before like the others, and
// used as much of the capacity; only those that hang never enter it.
type Failures struct {
	Reset     float64 // instead of an answer the connection is reset (a TCP RST)
	Status500 float64 // answered 500
	Status429 float64 // answered 429 with Retry-After
	Hang      float64 // never answered: until the client hangs up or the server closes
	Truncate  float64 // the body breaks off before its Content-Length
	Slow      float64 // answered SlowBy later
	SlowBy    time.Duration
}

// share is one of the shares, with the name that it has in a spec and what it leads to.
type share struct {
	name  string
	value *float64
	fate  fate
}

// shares returns all of them, in the order in which String prints them.
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

// ParseFailures reads shares as they are written on the command line, each once at most, in any order:
// "reset=1%,status500=2%,slow=1%:2s". The empty text stands for none. An error is one line that names the shares at fault
// and shows a right spec.
func ParseFailures(spec string) (Failures, error) {
	var f Failures
	if spec == "" {
		return f, nil
	}
	var faults []string
	seen := make(map[string]bool)
	for item := range strings.SplitSeq(spec, ",") {
		name, text, _ := strings.Cut(item, "=")
		if seen[name] {
			faults = append(faults, name+" is there twice")
		}
		seen[name] = true
		if err := f.set(name, text); err != nil {
			faults = append(faults, err.Error())
		}
	}
	if len(faults) == 0 {
		if err := f.Validate(); err != nil {
			faults = strings.Split(err.Error(), "\n")
		}
	}
	if len(faults) > 0 {
		return Failures{}, fmt.Errorf("fail %q: %s, as in %s", spec, strings.Join(faults, "; "), failExample)
	}
	return f, nil
}

func (f *Failures) set(name, text string) error {
	for _, s := range f.shares() {
		if s.name != name {
			continue
		}
		percent, by, timed := strings.Cut(text, ":")
		number, ok := strings.CutSuffix(percent, "%")
		value, err := strconv.ParseFloat(number, 64)
		if !ok || err != nil || timed != (name == "slow") {
			return fmt.Errorf("%s %q: want a share such as 1%% (for slow: 1%%:2s)", name, text)
		}
		*s.value = value / 100
		if timed {
			if f.SlowBy, err = time.ParseDuration(by); err != nil {
				return fmt.Errorf("slow %q: want a duration after the colon, such as 2s", text)
			}
		}
		return nil
	}
	return fmt.Errorf("%q is no failure", name)
}

// String returns the text that ParseFailures reads.
func (f Failures) String() string {
	var items []string
	for _, s := range f.shares() {
		if *s.value == 0 {
			continue
		}
		// Fifteen digits are what a float64 keeps of a decimal number, so that 0.07 is 7% and not 7.000000000000001%.
		item := s.name + "=" + strconv.FormatFloat(*s.value*100, 'g', 15, 64) + "%"
		if s.fate == slow {
			item += ":" + f.SlowBy.String()
		}
		items = append(items, item)
	}
	return strings.Join(items, ",")
}

// Validate returns an error with one line for every share out of range, or nil.
func (f Failures) Validate() error {
	var faults []error
	sum := 0.0
	for _, s := range f.shares() {
		if !(*s.value >= 0 && *s.value <= 1) { // NaN as well
			faults = append(faults, fmt.Errorf("fail: %s %v%%: want a share from 0%% to 100%%", s.name, *s.value*100))
		}
		sum += *s.value
	}
	const rounding = 1e-9
	if sum > 1+rounding {
		faults = append(faults, fmt.Errorf("fail: the shares add up to %.4g%%: want at most 100%%", sum*100))
	}
	if f.SlowBy < 0 || f.Slow > 0 && f.SlowBy == 0 {
		faults = append(faults, fmt.Errorf("fail: slow by %v: want a duration above 0", f.SlowBy))
	}
	return errors.Join(faults...)
}

// none tells that nothing is to go wrong.
func (f Failures) none() bool {
	f.SlowBy = 0
	return f == Failures{}
}

// choose turns a number that is evenly distributed between 0 and 1 into what becomes of a request.
func (f *Failures) choose(u float64) fate {
	for _, s := range f.shares() {
		if u < *s.value {
			return s.fate
		}
		u -= *s.value
	}
	return answered
}
