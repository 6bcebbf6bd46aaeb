package compare_test

import (
	"slices"
	"testing"

	"sweetspot/results"
	"sweetspot/results/internal/fixture"
)

func TestComparisonWarnsOfDifferentAgents(t *testing.T) {
	agents := func(cpus ...int) []results.Member {
		var all []results.Member
		for _, n := range cpus {
			all = append(all, results.Member{Name: "a", Machine: results.Machine{OS: "linux", Arch: "amd64", CPUs: n}})
		}
		return all
	}
	for _, c := range []struct {
		name     string
		old, new []results.Member
		want     []string
	}{
		{"none and three", nil, agents(2, 2, 2), []string{"different agents: none and 3"}},
		{"one and three", agents(2), agents(2, 2, 2), []string{"different agents: 1 and 3"}},
		{"as many on other machines", agents(2, 4), agents(4, 4), []string{"different agents: on linux/amd64 with 2 CPUs, linux/amd64 with 4 CPUs and linux/amd64 with 4 CPUs"}},
		{"the same in another order", agents(2, 4), agents(4, 2), nil},
	} {
		old, new := fixture.Session(t, 8, 3, "", 1), fixture.Session(t, 9, 3, "", 1)
		old.Agents, new.Agents = c.old, c.new
		var got []string
		for _, w := range between(t, old, new).Warnings {
			if w.Code == results.DifferentRuns {
				got = append(got, w.Text)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
