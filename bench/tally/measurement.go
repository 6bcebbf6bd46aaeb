package tally

import (
	"time"

	"sweetspot/results"
	"sweetspot/strategies"
)

// A Measurement is what was measured of a trial, or of the part of it that one machine made, in the units in which it was measured.
// In JSON it is exact: what comes out gives the same [results.Trial] as what went in.
type Measurement struct {
	Counts  *Tally
	Began   time.Time        // when what is measured began, by this machine's clock; it is no part of the JSON
	Start   time.Duration    // the same, from the instant that was set for it
	Late    time.Duration    // by how much its window began, or ended, after the instant that was set for it
	Elapsed time.Duration    // of what is measured
	Used    Used             // in this time
	Usage   strategies.Usage // of the session

	Agents     []results.Agent // whose parts it is the sum of, in order; empty if one machine made it
	Processors int             // that these can use together; 0 if one machine made it
	Parts      []Part          // the same, each on its own
}

// Report puts the measurement into the units of a run file.
func (m *Measurement) Report() (*results.Trial, error) {
	t := m.Counts
	trial := &results.Trial{
		WarmupRequests: t.warmup,
		Started:        t.Completed() + t.cutOff,
		Succeeded:      t.succeeded,
		Failed:         map[string]int64{},
		CutOff:         t.cutOff,
		Status:         t.status,
		Bytes:          t.bytes,
		Elapsed:        m.Elapsed.Seconds(),
		PerSecond:      float64(t.succeeded) / m.Elapsed.Seconds(),
		Latency:        t.successes.Latency(),
		CPU:            m.Used.CPU.Seconds(),
		ProgramCPU:     m.Used.Programs.Seconds(),
		InFlightMean:   t.busy.Seconds() / m.Elapsed.Seconds(),
		Redirects:      m.Usage.Redirects,
		Wire:           m.exchanges() * m.Used.exchange().Seconds(),
		Waited:         m.Used.Waited.Seconds(),
		Scheduling:     m.Used.waitP99().Seconds(),
		Connections:    m.Usage.Connections,
		Stall:          t.ticks.longestGap(m.Elapsed).Seconds(),
		SettledLimit:   m.Usage.Limit,
		Memory:         m.Usage.Memory,
		FirstError:     t.err,
		Warnings:       []results.Warning{},
		Series:         t.series.over(m.Elapsed),
		Agents:         m.Agents,
		Processors:     m.Processors,
	}
	for _, class := range strategies.Failures() {
		trial.Failed[class.String()] = t.failed[class]
	}
	if t.failures.Count() > 0 {
		latency := t.failures.Latency()
		trial.FailedLatency = &latency
	}
	var err error
	if trial.Histogram, err = t.successes.Encode(); err != nil {
		return nil, err
	}
	return trial, t.reportResponses(trial)
}

// exchanges returns how many exchanges a request took on average: one for each redirect that was followed, and one more.
func (m *Measurement) exchanges() float64 {
	made := m.Counts.warmup + m.Counts.Completed() + m.Counts.cutOff
	return 1 + float64(m.Usage.Redirects)/float64(max(1, made))
}

// reportResponses adds what is known of a trial with a rate.
func (c *Tally) reportResponses(trial *results.Trial) error {
	if c.responses == nil || c.due == nil && c.late != nil {
		return nil
	}
	if c.due != nil {
		late, missed := c.late.Latency().P99, c.due.missed
		trial.Offered, trial.Missed, trial.Late = c.due.perSecond(), &missed, &late
	}
	response := c.responses.Latency()
	trial.Response = &response
	var err error
	trial.Responses, err = c.responses.Encode()
	return err
}
