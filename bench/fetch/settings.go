package fetch

import (
	"errors"
	"fmt"
	"time"

	"sweetspot/bench/fetch/limit"
	"sweetspot/strategies"
)

// Settings say how jobs are requested. A zero field stands for the default that its comment names.
type Settings struct {
	Strategy strategies.Strategy
	// Target is what all requests have in common. A job may have another method, headers or body. With JSON, a body that is none is a
	// failure. [Run] sets Handle and Every. It follows redirects by itself, as many as Follow says, each as a request with a Timeout of
	// its own to its own host.
	Target strategies.Target
	// Message returns what a request to the URL sends whose job sends own, which may be nil. The default is own.
	Message func(own *strategies.Message, url string) *strategies.Message
	Limiter limit.Limiter // of the requests in flight

	Retries int           // of a job that may succeed when it is requested again, at most
	MaxWait time.Duration // that a Retry-After may ask for; a longer one counts as this. Default: [DefaultMaxWait]
	// Patience is how long every request to a host may fail before its other jobs are given up. Default: [DefaultPatience]
	Patience time.Duration

	Rate        float64 // requests started per second, at most; 0 is no cap
	RatePerHost float64 // the same for each host
	PerHost     int     // requests in flight to a host, at most; 0 is its part of the limit
	Robots      bool    // ask every host for its robots.txt first, and obey it

	Headers []string // names of response headers that the output has
}

// The defaults of [Settings].
const (
	DefaultRetries  = 5
	DefaultMaxWait  = 10 * time.Minute
	DefaultPatience = time.Minute
)

// withDefaults returns the settings with every zero field set to its default, or an error with a line for every field that is wrong.
func (s Settings) withDefaults() (Settings, error) {
	if s.MaxWait == 0 {
		s.MaxWait = DefaultMaxWait
	}
	if s.Patience == 0 {
		s.Patience = DefaultPatience
	}
	s.Target = s.Target.WithDefaults()
	var errs []error
	if s.Strategy == nil {
		errs = append(errs, errors.New("no strategy: want one"))
	}
	if s.Limiter == nil || s.Limiter.Limit() < 1 || s.Limiter.Most() < s.Limiter.Limit() {
		errs = append(errs, errors.New("no limit of at least 1"))
	}
	if s.Retries < 0 || s.PerHost < 0 || s.MaxWait < 0 || s.Patience < 0 {
		errs = append(errs, fmt.Errorf("%d retries, %d requests per host, at most %v to wait, patience of %v: want at least 0",
			s.Retries, s.PerHost, s.MaxWait, s.Patience))
	}
	if !(s.Rate >= 0 && s.RatePerHost >= 0) { // written so that NaN is wrong too
		errs = append(errs, fmt.Errorf("rates of %g and %g: want at least 0", s.Rate, s.RatePerHost))
	}
	return s, errors.Join(errs...)
}
