package fleet

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"sweetspot/results"
	"sweetspot/strategies"
)

// protocol is the version of the messages between coordinator and agents.
const protocol = 1

// A message is what one machine sends to another. It may come from anyone who has the token, so that nothing of it is taken for granted.
type message interface{ check() error }

// decode reads a message, and checks it.
func decode[T message](data []byte) (T, error) {
	var m T
	if err := json.Unmarshal(data, &m); err != nil {
		return m, err
	}
	return m, m.check()
}

// A beat is what a coordinator sends to all agents, several times per lease. It is a call for agents without a coordinator, a sign of
// life for its own, and a ping that measures their clocks.
type beat struct {
	From     string        `json:"from"` // the coordinator's instance
	Seq      uint64        `json:"seq"`
	Protocol int           `json:"protocol"`
	Version  string        `json:"version"`
	Lease    time.Duration `json:"lease"`
	Wants    bool          `json:"wants"` // whether it has a place for an agent
}

// longestLease is the longest lease that an agent accepts.
const longestLease = time.Hour

func (b beat) check() error {
	if b.Lease < shortestLease || b.Lease > longestLease {
		return errors.New("beat: no lease")
	}
	return checkInstance(b.From)
}

// A pulse is an agent's answer to a beat of its coordinator.
type pulse struct {
	From  string        `json:"from"` // the agent's instance
	Seq   uint64        `json:"seq"`  // of the beat
	Clock time.Duration `json:"clock"`
}

func (p pulse) check() error { return checkInstance(p.From) }

// A hello is how an agent asks to join.
type hello struct {
	From     string          `json:"from"`
	Name     string          `json:"name"`
	Protocol int             `json:"protocol"`
	Version  string          `json:"version"`
	Machine  results.Machine `json:"machine"`
	Host     string          `json:"host"` // what agents on one machine have in common
}

func (h hello) check() error { return errors.Join(checkInstance(h.From), checkName(h.Name)) }

// A welcome is the answer to a hello.
type welcome struct {
	Refused *failure `json:"refused,omitempty"`
	Again   bool     `json:"again,omitempty"` // whether it may be another answer in a moment
}

func (welcome) check() error { return nil }

// A farewell is how a coordinator or an agent says that it ends. No lease has to run out for it.
type farewell struct {
	From string `json:"from"`
}

func (f farewell) check() error { return checkInstance(f.From) }

// A note is what an agent reports of a trial unasked, several times per second. Each says all, so that it does no harm if one is lost.
type note struct {
	From     string `json:"from"`
	Trial    string `json:"trial"`
	Warm     bool   `json:"warm,omitempty"`     // its slots are full
	Over     bool   `json:"over,omitempty"`     // it has no more to do
	Hopeless bool   `json:"hopeless,omitempty"` // all its requests fail
	Ended    int64  `json:"ended,omitempty"`    // requests since the window opened
}

func (n note) check() error { return errors.Join(checkInstance(n.From), checkInstance(n.Trial)) }

// instanceBytes is how many random bytes the name of an instance has: a start of a coordinator, or an agent's joining.
const instanceBytes = 8

// checkInstance returns an error unless the text is the name of an instance. It stands in subjects.
func checkInstance(text string) error {
	if len(text) != 2*instanceBytes {
		return fmt.Errorf("%q: no instance", text)
	}
	for _, c := range text {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return fmt.Errorf("%q: no instance", text)
		}
	}
	return nil
}

// A failure is an error as a message has it: its text, and which of the known errors it wraps.
type failure struct {
	Text  string `json:"text"`
	Kinds []int  `json:"kinds,omitempty"` // indices in known
}

// known are the errors that an error is asked about on the other machine.
var known = []error{
	ErrToken, ErrVersion, ErrRefused, strategies.ErrHandle, strategies.ErrOwn, strategies.ErrExpect, errors.ErrUnsupported, ErrUnreachable,
}

// failureOf returns the failure for an error, nil for nil.
func failureOf(err error) *failure {
	if err == nil {
		return nil
	}
	f := failure{Text: err.Error()}
	for i, one := range known {
		if errors.Is(err, one) {
			f.Kinds = append(f.Kinds, i)
		}
	}
	return &f
}

// err returns the error of a failure, nil for nil.
func (f *failure) err() error {
	if f == nil {
		return nil
	}
	return (*remoteError)(f)
}

// A remoteError is an error of another machine.
type remoteError failure

func (e *remoteError) Error() string { return e.Text }

// Is reports whether the error wrapped the other one where it came from.
func (e *remoteError) Is(other error) bool {
	return slices.ContainsFunc(e.Kinds, func(i int) bool { return i >= 0 && i < len(known) && known[i] == other })
}
