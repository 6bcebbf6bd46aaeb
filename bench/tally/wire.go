package tally

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"sweetspot/results"
	"sweetspot/strategies"
)

// What a measurement from another machine may have at most. Within these bounds nothing that is made of it takes much memory or
// time, and sums of many do not overflow.
const (
	longestTrial = 48 * time.Hour // a longer one makes a line that no run file may have
	mostCount    = 1 << 50
	mostBusy     = time.Duration(1 << 58) // requests in flight, times the time
	mostEntries  = 10_000                 // of a list or a map
	longestText  = 2_000                  // in bytes
)

// sent is a measurement as it travels. Times are in nanoseconds.
type sent struct {
	Counts     sentCounts       `json:"counts"`
	Start      time.Duration    `json:"start"`
	Late       time.Duration    `json:"late,omitempty"`
	Elapsed    time.Duration    `json:"elapsed"`
	Used       Used             `json:"used"`
	Usage      strategies.Usage `json:"usage"`
	Agents     []results.Agent  `json:"agents,omitempty"`
	Processors int              `json:"processors,omitempty"`
}

// sentCounts is a tally as it travels.
type sentCounts struct {
	Warmup    int64            `json:"warmup"`
	CutOff    int64            `json:"cut_off"`
	Succeeded int64            `json:"succeeded"`
	Failed    map[string]int64 `json:"failed,omitempty"` // by the name of the class
	Status    map[int]int64    `json:"status,omitempty"`
	Bytes     int64            `json:"bytes"`

	Successes results.Encoded `json:"successes"`
	Failures  results.Encoded `json:"failures"`
	Series    []sentSecond    `json:"series,omitempty"`
	Ticks     []uint64        `json:"ticks,omitempty"`
	Busy      time.Duration   `json:"busy"`
	First     time.Duration   `json:"first"`
	Last      time.Duration   `json:"last"`
	Err       string          `json:"error,omitempty"`
	NoPort    int64           `json:"no_port,omitempty"`
	Hosts     []Host          `json:"hosts,omitempty"`

	Responses results.Encoded `json:"responses,omitempty"`
	Lateness  results.Encoded `json:"lateness,omitempty"`
	Begun     int64           `json:"begun,omitempty"`
	Queued    int64           `json:"queued,omitempty"`
	Due       *sentDue        `json:"due,omitempty"`
}

type sentSecond struct {
	Succeeded int64         `json:"ok"`
	Failed    int64         `json:"failed,omitempty"`
	Latency   time.Duration `json:"latency"`
}

type sentDue struct {
	Requests int64         `json:"requests"`
	Missed   int64         `json:"missed"`
	First    time.Duration `json:"first"`
	Last     time.Duration `json:"last"`
	Batch    bool          `json:"batch,omitempty"`
}

// MarshalJSON writes the measurement, without Began and Parts.
func (m *Measurement) MarshalJSON() ([]byte, error) {
	c := m.Counts
	s := sent{Start: m.Start, Late: m.Late, Elapsed: m.Elapsed, Used: m.Used, Usage: m.Usage, Agents: m.Agents, Processors: m.Processors}
	s.Counts = sentCounts{
		Warmup: c.warmup, CutOff: c.cutOff, Succeeded: c.succeeded, Failed: map[string]int64{}, Status: c.status, Bytes: c.bytes,
		Ticks: c.ticks, Busy: c.busy, First: c.first, Last: c.last, Err: c.err, NoPort: c.noPort, Hosts: c.hosts, Begun: c.begun, Queued: c.queued,
	}
	for class, n := range c.failed {
		s.Counts.Failed[class.String()] = n
	}
	for _, at := range c.series {
		s.Counts.Series = append(s.Counts.Series, sentSecond{at.succeeded, at.failed, at.latency})
	}
	if d := c.due; d != nil {
		s.Counts.Due = &sentDue{d.requests, d.missed, d.first, d.last, d.batch}
	}
	return s.encoded(c)
}

// encoded returns the JSON, with the histograms of the tally.
func (s *sent) encoded(c *Tally) ([]byte, error) {
	for _, h := range s.Counts.histograms(c) {
		if *h.of == nil {
			continue
		}
		var err error
		if *h.text, err = (*h.of).Encode(); err != nil {
			return nil, err
		}
	}
	return json.Marshal(s)
}

// A sentHistogram is a histogram of a tally, and its text.
type sentHistogram struct {
	name string
	text *results.Encoded
	of   **results.Histogram
}

func (s *sentCounts) histograms(c *Tally) []sentHistogram {
	return []sentHistogram{
		{"successes", &s.Successes, &c.successes}, {"failures", &s.Failures, &c.failures},
		{"responses", &s.Responses, &c.responses}, {"lateness", &s.Lateness, &c.late},
	}
}

// UnmarshalJSON reads what MarshalJSON has written, of another machine. It returns an error for figures that cannot be right.
func (m *Measurement) UnmarshalJSON(text []byte) error {
	var s sent
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	if err := s.check(); err != nil {
		return fmt.Errorf("measurement: %w", err)
	}
	c, err := s.Counts.tally()
	if err != nil {
		return fmt.Errorf("measurement: %w", err)
	}
	*m = Measurement{Counts: c, Start: s.Start, Late: s.Late, Elapsed: s.Elapsed, Used: s.Used, Usage: s.Usage, Agents: s.Agents, Processors: s.Processors}
	return nil
}

// tally returns what was counted.
func (s *sentCounts) tally() (*Tally, error) {
	c := &Tally{
		warmup: s.Warmup, cutOff: s.CutOff, succeeded: s.Succeeded, failed: map[strategies.Class]int64{}, status: addCounts(s.Status, nil), bytes: s.Bytes,
		ticks: s.Ticks, busy: s.Busy, first: s.First, last: s.Last, err: s.Err, noPort: s.NoPort, hosts: s.Hosts, begun: s.Begun, queued: s.Queued,
	}
	for name, n := range s.Failed {
		class, known := strategies.ParseClass(name)
		if !known || class == strategies.OK {
			return nil, fmt.Errorf("failed: %q is no class of failures", name)
		}
		c.failed[class] = n
	}
	var sum second
	for _, at := range s.Series {
		c.series = append(c.series, second{at.Succeeded, at.Failed, at.Latency})
		sum.succeeded, sum.failed = sum.succeeded+at.Succeeded, sum.failed+at.Failed
	}
	if d := s.Due; d != nil {
		c.due = &due{d.Requests, d.Missed, d.First, d.Last, d.Batch}
	}
	for _, h := range s.histograms(c) {
		if *h.text == "" {
			continue
		}
		var err error
		if *h.of, err = results.DecodeHistogram(*h.text); err != nil {
			return nil, fmt.Errorf("%s: %w", h.name, err)
		}
	}
	switch failed := c.Completed() - c.succeeded; {
	case c.successes == nil || c.failures == nil || c.successes.Count() != c.succeeded || c.failures.Count() != failed:
		return nil, errors.New("the histograms do not have as many latencies as requests ended")
	case sum.succeeded != c.succeeded || sum.failed != failed:
		return nil, errors.New("the seconds do not add up to the requests that ended")
	case (c.due != nil || c.late != nil) && c.responses == nil, c.due != nil && c.late == nil:
		return nil, errors.New("an open loop without its histograms")
	}
	return c, nil
}

// check returns an error for what is out of bounds.
func (s *sent) check() error {
	c := &s.Counts
	counts := []int64{c.Warmup, c.CutOff, c.Succeeded, c.Bytes, c.NoPort, c.Begun, c.Queued, s.Used.Exchanges, s.Usage.Exchanges, s.Usage.Memory, s.Usage.Redirects}
	counts = append(counts, int64(s.Usage.Connections), int64(s.Usage.Streams), int64(s.Usage.Limit), int64(s.Processors), int64(s.Used.Processors))
	times := []time.Duration{c.Busy, s.Used.CPU, s.Used.Programs, s.Used.Waited, s.Used.Exchange, s.Usage.CPU, s.Usage.ExchangeTime}
	texts := []string{c.Err, s.Used.Machine}
	for _, n := range c.Failed {
		counts = append(counts, n)
	}
	for code, n := range c.Status {
		counts = append(counts, int64(code), n)
	}
	for _, at := range c.Series {
		counts, times = append(counts, at.Succeeded, at.Failed), append(times, at.Latency)
	}
	for _, h := range c.Hosts {
		counts, texts = append(counts, h.Succeeded, h.Failed), append(texts, h.Name, h.Err)
	}
	for _, w := range s.Used.Waits {
		counts, times = append(counts, w.Count), append(times, w.AtMost)
	}
	if d := c.Due; d != nil {
		counts = append(counts, d.Requests, d.Missed)
	}
	for _, a := range s.Agents {
		counts, texts = append(counts, a.Started, a.Succeeded, int64(a.Limit)), append(texts, a.Name)
	}
	switch {
	case slices.Min(counts) < 0 || slices.Max(counts) > mostCount:
		return fmt.Errorf("a count is not from 0 to %d", mostCount)
	case slices.Min(times) < 0 || slices.Max(times) > mostBusy:
		return fmt.Errorf("a time is not from 0 to %v", mostBusy)
	case slices.ContainsFunc(texts, func(text string) bool { return len(text) > longestText }):
		return fmt.Errorf("a text is longer than %d bytes", longestText)
	case max(len(c.Failed), len(c.Status), len(c.Hosts), len(s.Used.Waits), len(s.Agents)) > mostEntries:
		return fmt.Errorf("a list is longer than %d", mostEntries)
	}
	return s.checkTimes()
}

// checkTimes returns an error if the trial is too long, or something is outside it.
func (s *sent) checkTimes() error {
	c := &s.Counts
	within := func(d time.Duration) bool { return -longestTrial <= d && d <= longestTrial }
	switch d := c.Due; {
	case s.Elapsed <= 0 || !within(s.Elapsed) || !within(s.Start) || !within(s.Late):
		return fmt.Errorf("it lasts %v, and begins at %v: want at most %v", s.Elapsed, s.Start, longestTrial)
	case int64(len(c.Series)) > int64(s.Elapsed/time.Second)+2, int64(len(c.Ticks)) > int64(s.Elapsed/tick/bitsPerWord)+2:
		return fmt.Errorf("more seconds than the %v that it lasts", s.Elapsed)
	case c.First < 0 || c.Last < 0, d != nil && !(within(d.First) && within(d.Last)):
		return errors.New("a request outside of it")
	case !slices.IsSortedFunc(s.Used.Waits, func(a, b Wait) int { return int(a.AtMost - b.AtMost) }):
		return errors.New("waits that do not ascend")
	}
	return nil
}
