package secret

import (
	"slices"
	"strings"
	"unicode/utf8"

	"sweetspot/results"
	"sweetspot/results/text"
)

// The longest texts that are kept of what others say, in bytes.
const (
	mostReason  = 1000 // an error or a warning, which may end with the last lines of a program
	mostVersion = 200
	mostSource  = 64 << 10 // of a text before its secrets are withheld
)

// clip returns the text, or its beginning and an ellipsis if it is longer than that many bytes.
func clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	end := most
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

// Reason returns why something failed, in one line that is safe to print and not too long, without the secrets.
func (f *Filter) Reason(reason string) string {
	return clip(text.Clean(f.Text(clip(reason, mostSource))), mostReason)
}

// Version returns what a program calls itself, as [Filter.Reason] returns a reason.
func (f *Filter) Version(version string) string { return clip(f.Reason(version), mostVersion) }

// Trial returns the trial with every text in it that may come from outside as [Filter.Reason] returns it.
func (f *Filter) Trial(t results.Trial) results.Trial {
	t.FirstError, t.Error, t.Warnings = f.Reason(t.FirstError), f.Reason(t.Error), f.Warnings(t.Warnings)
	t.Agents = slices.Clone(t.Agents)
	for i := range t.Agents {
		t.Agents[i].Name = f.Version(t.Agents[i].Name)
	}
	return t
}

// Members returns the agents of a run with their names and versions as [Filter.Version] returns them.
func (f *Filter) Members(agents []results.Member) []results.Member {
	return text.Each(agents, func(m results.Member) results.Member {
		m.Name, m.Version = f.Version(m.Name), f.Version(m.Version)
		return m
	})
}

// Conclusions does to what the run concludes what [Filter.Trial] does to a trial.
func (f *Filter) Conclusions(run *results.Run) {
	run.Warnings = f.Warnings(run.Warnings)
	for _, summaries := range [][]results.Summary{run.Strategies, run.AtCommon} {
		for i := range summaries {
			s := &summaries[i]
			s.FirstError, s.Error, s.Warnings = f.Reason(s.FirstError), f.Reason(s.Error), f.Warnings(s.Warnings)
		}
	}
	for i := range run.Optima {
		run.Optima[i].Warnings = f.Warnings(run.Optima[i].Warnings)
	}
}

// Loaded does the same to a whole run that was read from a file, which somebody else may have written.
func (f *Filter) Loaded(run *results.Run) {
	for i := range run.Trials {
		run.Trials[i] = f.Trial(run.Trials[i])
	}
	for strategy, version := range run.Versions {
		run.Versions[strategy] = f.Version(version)
	}
	run.Target, run.Agents = Logins(run.Target), f.Members(run.Agents)
	for i := range run.Targets {
		run.Targets[i].URL = Logins(run.Targets[i].URL)
	}
	run.Arguments = text.Each(run.Arguments, Logins)
	f.Conclusions(run)
}

// Warnings returns the warnings with their texts as [Filter.Reason] returns them. It changes a copy.
func (f *Filter) Warnings(all []results.Warning) []results.Warning {
	if all == nil {
		return nil
	}
	return text.Each(all, func(w results.Warning) results.Warning {
		w.Text, w.Advice = f.Reason(w.Text), f.Reason(w.Advice)
		return w
	})
}

// Lines returns the lines of an error as they may be printed: without blank ones, each as [Filter.Reason] returns it, and not
// more than most. One more line counts the rest.
func (f *Filter) Lines(err error, most int) []string {
	var lines []string
	more := 0
	for line := range strings.Lines(err.Error()) {
		switch line = strings.TrimSpace(line); {
		case line == "":
		case len(lines) == most:
			more++
		default:
			lines = append(lines, f.Reason(line))
		}
	}
	if more > 0 {
		lines = append(lines, "and "+text.Plural(more, "line")+" more")
	}
	return lines
}
