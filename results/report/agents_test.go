package report_test

import (
	"strings"
	"testing"

	"sweetspot/results"
)

func TestWriteListsTheAgentsOfARun(t *testing.T) {
	alone, shared := bench(t), bench(t)
	shared.Agents = []results.Member{{Name: "small"}, {Name: "<large>"}}
	for i := range shared.Trials {
		all := shared.Trials[i].Started
		shared.Trials[i].Agents = []results.Agent{{Name: "small", Started: all / 4, Limit: 15}, {Name: "<large>", Started: all - all/4, Limit: 45, Skew: 1e-3}}
	}
	text := page(t, alone, shared)
	_, table, found := strings.Cut(text, "<caption>B Agents</caption>")
	table, _, _ = strings.Cut(table, "</table>")
	large, small := strings.Index(table, "&lt;large&gt;"), strings.Index(table, "small")
	if !found || large < 0 || small < large || !strings.Contains(table, "<td>75.1%</td><td>45</td>") {
		t.Errorf("want the agents of run B, the largest first, in:\n%s", table)
	}
	if strings.Contains(text, "<caption>A Agents</caption>") || !strings.Contains(text, "2 agents: &lt;large&gt;, small") {
		t.Error("want run A without agents, and those of run B among the settings")
	}
}
