package render

import (
	"sweetspot/results"
	"sweetspot/results/text"
)

// Run returns the document of a run.
func Run(run *results.Run) Document { return runDocument{run} }

// runDocument is a run as a document.
type runDocument struct{ run *results.Run }

// Runs returns the run.
func (d runDocument) Runs() []NamedRun { return []NamedRun{{Run: d.run}} }

// Value returns the run without the trials' histograms, which only the run file has.
func (d runDocument) Value() any {
	shown := d.run.NonNull()
	for i := range shown.Trials {
		shown.Trials[i].Histogram = ""
	}
	return shown
}

// Draw draws the tables of the run, the curves of a sweep and its conclusions.
func (d runDocument) Draw(p Page) error {
	r := d.run.Counting()
	view := drawBench
	if len(r.Targets) > 0 {
		view = drawTargets
	} else if len(r.Optima) > 0 || r.Command == "sweep" {
		view = drawSweep
	}
	p.Heading(1, r.Command+" "+r.Title())
	p.Paragraph(Faint, Conditions(r))
	if err := view(p, r); err != nil {
		return err
	}
	if err := drawAgents(p, r); err != nil {
		return err
	}
	p.Paragraph(Faint, legend(r))
	p.List(text.Prefixed("warning: ", results.Words(results.Warnings(r))))
	return nil
}
