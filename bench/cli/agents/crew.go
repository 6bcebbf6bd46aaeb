package agents

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"sweetspot/bench/cli/child"
)

// A crew is the agents that a run has started on this machine. One that ends before the run does is started again.
type crew struct {
	join    []string // the command line of each, without its name
	tell    func(line string)
	fail    context.CancelCauseFunc // called if an agent ends before all have joined
	tending sync.WaitGroup

	mu       sync.Mutex
	agents   []*spawned
	joined   bool
	expected bool // whether they are to end
}

// A spawned is one of them.
type spawned struct {
	name    string
	process *child.Process // the latest
	said    *tail
	starts  int
}

// mostStarts is how often an agent is started, so that one that always ends does not take the machine's time.
const mostStarts = 4

// stopTime is how long an agent may take to end by itself: longer than a session needs that is closed.
const stopTime = time.Second

// startCrew starts n agents. If one cannot be started, those that were are to be stopped all the same.
func startCrew(n int, join []string, tell func(string), fail context.CancelCauseFunc) (*crew, error) {
	c := &crew{join: join, tell: tell, fail: fail}
	for i := range n {
		s := &spawned{name: fmt.Sprintf("agent-%d", i+1)}
		if err := c.start(s); err != nil {
			return c, fmt.Errorf("start %s: %w", s.name, err)
		}
		c.agents = append(c.agents, s)
		c.tending.Go(func() { c.tend(s) })
	}
	return c, nil
}

// errExpected is the error of a start when all are to end.
var errExpected = errors.New("the run is over")

// start starts an agent, for the first time or again.
func (c *crew) start(s *spawned) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.expected {
		return errExpected
	}
	said := &tail{}
	process, err := child.Start(nil, said, append(c.join[:len(c.join):len(c.join)], "--name", s.name)...)
	if err != nil {
		return err
	}
	s.process, s.said = process, said
	s.starts++
	return nil
}

// tend waits for the end of an agent, and starts it again unless it was expected.
func (c *crew) tend(s *spawned) {
	for {
		<-s.process.Ended()
		_ = s.process.Stop(0) // it has ended: this frees what it leaves behind
		c.mu.Lock()
		joined, expected := c.joined, c.expected
		c.mu.Unlock()
		switch {
		case expected:
			return
		case !joined:
			c.fail(fmt.Errorf("%s has ended (%w)%s", s.name, ended(s.process), s.said.lines(s.name)))
			return
		}
		words := fmt.Sprintf("%s has ended (%v)", s.name, ended(s.process))
		if s.starts == mostStarts {
			c.tell(words + " again, and is not started any more" + s.said.lines(s.name))
			return
		}
		c.tell(words + ", and is started again" + s.said.lines(s.name))
		if err := c.start(s); err != nil {
			if !errors.Is(err, errExpected) {
				c.tell(fmt.Sprintf("start %s: %v", s.name, err))
			}
			return
		}
	}
}

var errEarly = errors.New("exit status 0")

// ended says how a process has ended.
func ended(p *child.Process) error {
	if err := p.Err(); err != nil {
		return err
	}
	return errEarly
}

// complete says that all agents have joined.
func (c *crew) complete() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.joined = true
}

// expectEnd says that the agents are to end, so that none is started again.
func (c *crew) expectEnd() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.expected = true
}

// said returns the last that each agent has said, on a line of its own.
func (c *crew) said() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all strings.Builder
	for _, s := range c.agents {
		lines := s.said.lines(s.name)
		all.WriteString(lines[max(0, strings.LastIndexByte(lines, '\n')):])
	}
	return all.String()
}

// stop ends all agents at once and waits for them.
func (c *crew) stop() {
	c.expectEnd()
	var stopping sync.WaitGroup
	for _, s := range c.agents {
		stopping.Go(func() { _ = s.process.Stop(stopTime) })
	}
	stopping.Wait()
	c.tending.Wait()
}

// A tail keeps the end of what an agent has said.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const (
	mostTail  = 16 << 10 // bytes that are kept
	tailLines = 10       // that are shown
)

// Write implements [io.Writer].
func (t *tail) Write(text []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, text...)
	if more := len(t.text) - mostTail; more > 0 {
		t.text = append(t.text[:0], t.text[more:]...)
	}
	return len(text), nil
}

// lines returns the last lines, each on a line of its own after the name of the agent.
func (t *tail) lines(name string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var all []string
	for line := range strings.Lines(string(t.text)) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, "\n"+name+": "+strings.TrimPrefix(line, "sweetspot: "))
		}
	}
	return strings.Join(all[max(0, len(all)-tailLines):], "")
}
