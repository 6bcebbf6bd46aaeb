package fleet

import (
	"testing"
	"time"

	"sweetspot/results"
)

// A machine that was stopped counts on as if nothing had been: only its own clock shows it.
func TestAnAgentThatStoodStillInTheWindowIsNamed(t *testing.T) {
	opens := time.Now()
	for _, c := range []struct {
		from, to time.Duration
		want     bool
	}{
		{-2 * time.Second, -time.Second, false}, // before the window
		{time.Second, time.Second + lookGap, false},
		{-time.Second, time.Second, true},
		{time.Second, 6 * time.Second, true},
	} {
		p := &part{opens: opens}
		p.still(opens.Add(c.from), opens.Add(c.to))
		first := machine{member: &member{name: "a"}}
		session := &session{fleet: &Fleet{}, machines: []machine{first}, versions: []string{""}}
		found := (&trial{session: session, machines: session.machines}).distrust(first, finishAnswer{Stood: p.stood})
		if named := len(found) == 1 && found[0].Code == results.AgentStalled; named != c.want {
			t.Errorf("from %v to %v: %v", c.from, c.to, found)
		}
	}
}

// An agent that has not begun to look at its window is not said to stand still.
func TestStandingStillBeforeTheWindowIsNotSaid(t *testing.T) {
	p := &part{}
	p.still(time.Now(), time.Now().Add(time.Hour))
	if p.stood != 0 {
		t.Errorf("it stood still for %v", p.stood)
	}
}
