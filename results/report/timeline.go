package report

import (
	"cmp"
	"slices"

	"sweetspot/results"
	"sweetspot/results/stat"
	"sweetspot/results/text"
)

// A timeline has the trials of a line over the time of its run. It makes the drift of a machine or a server visible.
type timeline struct {
	Line    int             `json:"line"`
	Trials  []trialValues   `json:"trials"`
	Seconds []*secondValues `json:"seconds,omitempty"` // nil separates two trials
}

// trialValues has the values of one trial: its start and its duration in seconds, its goodput per second, that goodput as a
// share of the mean of the strategy at the limit, the limit, and the number of failures. If the run has no start times, the
// start is the number of the trial. It is an array, not an object, to keep the JSON of ten thousand trials small.
type trialValues [6]float64

// The indices in trialValues.
const (
	trialStart = iota
	trialDuration
	trialRate
	trialShare
	trialLimit
	trialFailures
)

// secondValues has the values of one second of a trial: its middle in seconds, its goodput per second, and that goodput as a
// share of the mean.
type secondValues [3]float64

// maxSeconds is about the largest number of single seconds on a page, more than a screen has columns of pixels. Of a longer
// run, the page shows only every second, every third and so on.
const maxSeconds = 5000

// timelines returns a timeline for each line, and whether the run has the start times of its trials.
func timelines(sources []Source, lines []line) (all []timeline, timed bool) {
	total := 0
	for _, source := range sources {
		for _, t := range source.Run.Trials {
			timed = timed || t.Offset > 0
			total += len(t.Series)
		}
	}
	stride := 1 + total/maxSeconds
	for i, l := range lines {
		tl := timeline{Line: i, Trials: []trialValues{}}
		means := map[int]float64{}
		for _, p := range l.Points {
			means[p.Level] = p.Rate
		}
		for k, t := range sources[l.Run].Run.Trials {
			if t.At().AnyLimit() != l.at || !t.MeasuresStrategy() {
				continue
			}
			start, mean := t.Offset, means[t.Level()]
			if !timed {
				start = float64(k + 1)
			}
			tl.Trials = append(tl.Trials, trialValues{
				round(start), round(t.Elapsed), round(t.PerSecond), round(stat.Ratio(t.PerSecond, mean)), float64(t.Level()), float64(t.Failures()),
			})
			if timed {
				tl.addSeconds(t, mean, stride)
			}
		}
		all = append(all, tl)
	}
	return all, timed
}

// addSeconds adds the seconds of a trial, one in every stride. It leaves out a last second of less than half its length, which
// is too short for a rate.
func (tl *timeline) addSeconds(t results.Trial, mean float64, stride int) {
	before := len(tl.Seconds)
	for i := 0; i < len(t.Series); i += stride {
		elapsed := min(1, t.Elapsed-float64(i))
		if elapsed < 0.5 {
			break
		}
		rate := float64(t.Series[i].Succeeded) / elapsed
		tl.Seconds = append(tl.Seconds, &secondValues{round(t.Offset + float64(i) + elapsed/2), round(rate), round(stat.Ratio(rate, mean))})
	}
	if len(tl.Seconds) > before {
		tl.Seconds = append(tl.Seconds, nil)
	}
}

// maxTrialRows is the largest number of rows in the table of trials, which keeps the page small.
const maxTrialRows = 200

// trialTable lists the trials of each run in the order of their start.
func trialTable(sources []Source, lines []line, all []timeline, timed bool) table {
	type row struct {
		line line
		m    trialValues
	}
	var rows []row
	for _, c := range all {
		for _, m := range c.Trials {
			rows = append(rows, row{lines[c.Line], m})
		}
	}
	slices.SortStableFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.line.Run, b.line.Run), cmp.Compare(a.m[trialStart], b.m[trialStart]))
	})
	levels := []results.Summary{}
	for _, l := range lines {
		levels = append(levels, l.summaries...)
	}
	when := "trial"
	if timed {
		when = "start"
	}
	t := table{
		Caption: "Trials in order of start",
		Head:    []head{{Name: "strategy", Word: true}, {Name: when}, levelHead(levels), {Name: "goodput/s"}, {Name: "share of mean"}, {Name: "failures"}},
	}
	for _, r := range rows[:min(len(rows), maxTrialRows)] {
		at := text.Count(int64(r.m[trialStart]))
		if timed {
			at = text.Span(r.m[trialStart])
		}
		t.Rows = append(t.Rows, []string{
			r.line.Name, at, text.Count(int64(r.m[trialLimit])), text.Number(r.m[trialRate]), text.Percent(r.m[trialShare]), text.Count(int64(r.m[trialFailures])),
		})
	}
	if more := len(rows) - maxTrialRows; more > 0 {
		t.Rest = text.Count(more) + " more trials are in the run file."
	}
	return t
}
