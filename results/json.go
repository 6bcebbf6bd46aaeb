package results

import (
	"encoding/json"
	"io"
	"sweetspot/results/text"
)

// json writes the run as one object, without the trials' histograms: those are for the run file.
func (r *Run) json(w io.Writer) error {
	shown := presentable(r)
	for i := range shown.Trials {
		shown.Trials[i].Histogram = ""
	}
	return writeJSON(w, shown)
}

// writeJSON writes a value as people read it.
func writeJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

// presentable returns a copy of the run in which no list or map is null, so that scripts need not ask. What the copy's
// trials, summaries and optima hold may be set without touching the run.
func presentable(run *Run) *Run {
	r := *run
	r.Trials = text.Each(run.Trials, whole)
	r.Strategies, r.AtCommon = text.Each(run.Strategies, Summary.whole), text.Each(run.AtCommon, Summary.whole)
	r.Optima = text.Each(run.Optima, Optimum.whole)
	r.Warnings, r.Codes = listed(run.Warnings), coded(run.Warnings)
	return &r
}

// whole returns the trial with no list or map null.
func whole(t Trial) Trial {
	t.Failed, t.Status = mapped(t.Failed), mapped(t.Status)
	t.Warnings, t.Codes = listed(t.Warnings), coded(t.Warnings)
	return t
}

// whole returns the summary with no list or map null.
func (s Summary) whole() Summary {
	s.Failed = mapped(s.Failed)
	s.Warnings, s.Codes = listed(s.Warnings), coded(s.Warnings)
	return s
}

// whole returns the optimum with no list null.
func (o Optimum) whole() Optimum {
	o.Warnings, o.Codes = listed(o.Warnings), coded(o.Warnings)
	return o
}

func listed[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func mapped[K comparable, V any](m map[K]V) map[K]V {
	if m == nil {
		return map[K]V{}
	}
	return m
}
