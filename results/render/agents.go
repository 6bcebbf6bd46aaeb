package render

import (
	"fmt"
	"slices"
	"strings"

	"sweetspot/results"
	"sweetspot/results/text"
)

// AgentColumns are the columns that show what the agents of a run did.
func AgentColumns() []Field[results.Portion] {
	return []Field[results.Portion]{
		{Name: "agent", Left: true, Cell: func(p results.Portion) string { return text.Clean(p.Name) }},
		{Name: "share", Cell: func(p results.Portion) string { return text.PercentTo(p.Share, 1) }},
		{Name: "limit", Rank: 1, Cell: func(p results.Portion) string {
			if p.Smallest == p.Largest {
				return text.Count(p.Largest)
			}
			return text.Count(p.Smallest) + " to " + text.Count(p.Largest)
		}},
		{Name: "CPU busy", Rank: 2, Cell: func(p results.Portion) string { return text.OrNone(p.Busy, text.Percent) }},
		{Name: "skew", Rank: 3, Cell: func(p results.Portion) string { return text.OrNone(p.Skew, text.Span) }},
	}
}

// AgentWords say how to read these columns.
const AgentWords = "Share is the agent's part of all requests, limit its part of the limits, CPU busy the part of its processors that it used, " +
	"and skew how far its windows may be from those of the others in time."

// drawAgents draws what the agents of the run did, if they did anything.
func drawAgents(p Page, run *results.Run) error {
	portions := run.Portions()
	if !slices.ContainsFunc(portions, func(p results.Portion) bool { return p.Share > 0 }) {
		return nil
	}
	p.Heading(2, "The agents that made the requests")
	if err := p.Table(Tabulate(portions, AgentColumns())); err != nil {
		return err
	}
	p.Paragraph(Faint, AgentWords)
	return nil
}

// mostAgents is how many agents a sentence names.
const mostAgents = 5

// Agents says how many agents made the requests of the run, and which: "3 agents: a, b, c". It is empty if there were none.
func Agents(run *results.Run) string {
	if len(run.Agents) == 0 {
		return ""
	}
	names := text.Each(run.Agents, func(m results.Member) string { return text.Clean(m.Name) })
	slices.Sort(names)
	words := text.Plural(len(names), "agent") + ": " + strings.Join(names[:min(len(names), mostAgents)], ", ")
	if more := len(names) - mostAgents; more > 0 {
		words += fmt.Sprintf(" and %s more", text.Count(more))
	}
	return words
}
