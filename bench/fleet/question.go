package fleet

import (
	"errors"
	"slices"
	"time"

	"sweetspot/bench"
	"sweetspot/bench/arrivals"
)

// An openQuestion has an agent open a session.
type openQuestion struct {
	Session  string  `json:"session"`
	Strategy string  `json:"strategy"`
	Target   content `json:"target"` // a target
	Limit    int     `json:"limit"`  // the largest of its trials
}

func (q openQuestion) check() error {
	if q.Limit < 1 {
		return errors.New("open: want a limit of at least 1")
	}
	return errors.Join(checkInstance(q.Session), q.Target.check())
}

// An openAnswer says what the session is that was opened.
type openAnswer struct {
	Version     string `json:"version,omitempty"`     // of what makes its requests: see [strategies.Versioned]
	Accountable bool   `json:"accountable,omitempty"` // see [strategies.Accountable]
}

func (openAnswer) check() error { return nil }

// A sessionQuestion is about a session.
type sessionQuestion struct {
	Session string `json:"session"`
}

func (q sessionQuestion) check() error { return checkInstance(q.Session) }

// A blameQuestion says how the counts of a session differ from those of the target.
type blameQuestion struct {
	Session string `json:"session"`
	Why     string `json:"why"`
}

func (q blameQuestion) check() error { return checkInstance(q.Session) }

// A prepareQuestion has an agent prepare its part of a trial.
type prepareQuestion struct {
	Trial   string  `json:"trial"`
	Session string  `json:"session"`
	Load    content `json:"load"` // a load
	Numbers numbers `json:"numbers"`
	Limit   int     `json:"limit"` // of all agents
	Index   int     `json:"index"` // of the agent, from 0
	Of      int     `json:"of"`    // how many agents make requests
}

func (q prepareQuestion) check() error {
	n := q.Numbers
	switch {
	case q.Index < 0 || q.Index >= q.Of || q.Of > q.Limit:
		return errors.New("prepare: no such part")
	case n.Requests > 0 && int64(q.Of) > n.Requests:
		return errors.New("prepare: more parts than requests")
	case !(n.Rate >= 0) || n.Requests < 0 || n.Completions < 0 || n.Requests == 0 && n.Duration <= 0 || n.Warmup < bench.Automatic:
		return errors.New("prepare: no trial")
	case n.Arrivals != "" && (!slices.Contains(arrivals.Kinds(), n.Arrivals) || n.Rate == 0):
		return errors.New("prepare: no arrivals")
	}
	return errors.Join(checkInstance(q.Trial), checkInstance(q.Session), q.Load.check())
}

// A trialQuestion is about a trial that was prepared.
type trialQuestion struct {
	Trial string        `json:"trial"`
	At    time.Duration `json:"at,omitempty"` // on the agent's clock: when the window opens, or is shut
}

func (q trialQuestion) check() error { return checkInstance(q.Trial) }

// A windowAnswer says by how much the window opens after the instant that was set.
type windowAnswer struct {
	Late time.Duration `json:"late,omitempty"`
}

func (windowAnswer) check() error { return nil }

// A finishAnswer is what was measured.
type finishAnswer struct {
	Measurement *content      `json:"measurement,omitempty"` // nil if the trial was stopped before there was anything to measure
	Stood       time.Duration `json:"stood,omitempty"`       // the longest time in which the agent itself stood still
}

func (a finishAnswer) check() error {
	if a.Measurement == nil {
		return nil
	}
	return a.Measurement.check()
}

// A reachQuestion asks whether an agent can reach the target of a load.
type reachQuestion struct {
	Load    content `json:"load"`
	Connect bool    `json:"connect"` // whether to open a connection
}

func (q reachQuestion) check() error { return q.Load.check() }

// A reachAnswer has the addresses of the target's first hosts, ordered.
type reachAnswer struct {
	Addresses []string `json:"addresses"` // "HOST is ADDRESS, ADDRESS"
}

func (reachAnswer) check() error { return nil }
