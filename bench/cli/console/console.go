// Package console shows a run while it goes on: on a terminal a picture that grows with every trial, elsewhere a line whenever a
// sweep knows clearly more.
package console

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"sweetspot/bench"
	"sweetspot/bench/cli/terminal"
	"sweetspot/results"
	"sweetspot/results/render"
	"sweetspot/results/text"
)

// A Console shows one run. Its functions may be called by several goroutines at once. The nil Console shows nothing.
type Console struct {
	mu      sync.Mutex // guards all that follows
	to      io.Writer
	area    *terminal.Area // nil if there is no terminal
	began   time.Time
	drawn   time.Time // when the area was drawn last
	trials  []results.Trial
	latest  *results.Optimum // what the strategy's sweep knows that was measured last; nil if the run is no sweep
	answers answers
	picture []string // of the trials, which a change of the terminal's size draws again
	columns int      // of the picture
}

// New returns a console that writes to w, nil if it is to be quiet.
func New(w io.Writer, quiet bool) *Console {
	if quiet {
		return nil
	}
	return &Console{to: w, area: terminal.NewArea(w), began: time.Now(), answers: answers{}}
}

// Trial shows a trial that is over.
func (c *Console) Trial(t results.Trial) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.trials, c.picture = append(c.trials, t), nil
}

// Answer shows what a sweep knows about a strategy.
func (c *Console) Answer(o results.Optimum) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.latest, c.picture = &o, nil
	if line := c.answers.line(o, time.Since(c.began)); line != "" && c.area == nil {
		fmt.Fprintln(c.to, line)
	}
}

// redrawTime is the time between two pictures: enough for a bar that moves smoothly.
const redrawTime = 100 * time.Millisecond

// Progress shows how far the run has come.
func (c *Console) Progress(at bench.Progress) {
	if c == nil || c.area == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.drawn) < redrawTime {
		return
	}
	c.drawn = time.Now()
	columns, rows := c.area.Size()
	if c.picture == nil || c.columns != columns {
		c.columns, c.picture = columns, render.Paint(render.Underway(c.trials, c.latest, columns), true)
	}
	lines := append(c.head(at, columns), c.picture...)
	if len(lines) > rows { // part of a curve says nothing
		lines = lines[:len(lines)-len(c.picture)]
	}
	c.area.Show(lines)
}

// head returns the lines above the picture.
func (c *Console) head(at bench.Progress, columns int) []string {
	at.SoFar = "" // a line of its own
	lines := terminal.Fill(terminal.Bar(at.Share, columns)+" ", strings.Fields(at.String()), columns)
	add := func(words string) { lines = append(lines, terminal.Fill("", strings.Fields(words), columns)...) }
	if n := len(c.trials); n > 0 {
		t := c.trials[n-1]
		add(fmt.Sprintf("latest: %s: %s; %s in all", t.At(), render.Rates(t.PerSecond, t.Latency.P99, t.Failures()), c.requests()))
	}
	if c.latest != nil {
		add(sofar(*c.latest))
	}
	return lines
}

// requests says how many requests all trials have made, and how many of them have failed.
func (c *Console) requests() string {
	var made, failed int64
	for _, t := range c.trials {
		made += t.Started
		failed += t.Failures()
	}
	words := text.Plural(made, "request")
	if failed > 0 {
		words += ", " + text.Count(failed) + " failed"
	}
	return words
}

// Clear removes the picture, so that what is printed next stands alone.
func (c *Console) Clear() {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.area.Clear()
}

// Say prints a line above the picture, for what has to be known at once.
func (c *Console) Say(line string) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.area.Clear()
	fmt.Fprintln(c.to, line)
}
