package results

import (
	"cmp"
	"slices"
	"strings"
)

// What follows is for views of a run that are drawn elsewhere, so that they say the same things in the same words.

// Versus says how a summary compares with the fastest: "fastest", "~ fastest", "14% slower".
func (s Summary) Versus() string { return verdict(s) }

// Advice says what to do about what the sweep found, and what that rests on.
func (o *Optimum) Advice() string { return strings.TrimSpace(o.advice() + " " + o.effort()) }

// Label says what the limit of the optimum is: "use", or what else it is. It is empty if there is no limit to name.
func (o *Optimum) Label() string { return o.label() }

// Mark says what a limit is to the optimum: the one to use, the peak, or one that cannot be told from the peak.
func (o *Optimum) Mark(limit int) string { return o.mark(limit) }

// Notes are the footnotes of a table: warnings and first errors. The zero value has none.
type Notes struct{ list notes }

// Mark returns the mark that the row of a summary bears, such as [1,3], and notes what it is about.
func (n *Notes) Mark(s Summary) string { return n.list.mark(s.noted()) }

// List returns the notes with their numbers.
func (n *Notes) List() []string { return n.list.list() }

// Compared returns the strategies of the run, each at its limit, the best first.
func (r *Run) Compared() []Summary {
	summaries := r.Strategies
	if len(summaries) == 0 && r.Command != "sweep" { // interrupted before the comparison was made
		summaries = Summarise(r.Trials)
	}
	return slices.SortedStableFunc(slices.Values(summaries), func(a, b Summary) int {
		return cmp.Compare(b.PerSecond, a.PerSecond)
	})
}
