package results

import (
	"cmp"
	"fmt"
	"slices"

	"sweetspot/results/stat"
	"sweetspot/results/text"
)

// A Member is an agent of a run: a process, as a rule on a machine of its own, that made a share of the requests.
type Member struct {
	Name    string  `json:"name"`
	Version string  `json:"version"` // of the program
	Machine Machine `json:"machine"`
}

// A Portion is what one agent did in the trials of a run that measure a strategy.
type Portion struct {
	Name     string
	Share    float64 // of the requests of these trials, from 0 to 1
	Smallest int     // limit; with Largest the range of its shares of the trials' limits
	Largest  int
	Busy     float64 // share of the time of its processors that it used in the trials, from 0 to 1; 0 if unknown
	Skew     float64 // the largest of the trials, in seconds
}

// Portions returns what each agent of the run did, the largest share first. It is empty if the run has no agents.
func (r *Run) Portions() []Portion {
	type sums struct {
		Portion
		started      int64
		cpu, windows float64 // seconds
	}
	var (
		all   []*sums
		named = map[string]*sums{}
		total int64
	)
	of := func(name string) *sums {
		if named[name] == nil {
			named[name] = &sums{Portion: Portion{Name: name}}
			all = append(all, named[name])
		}
		return named[name]
	}
	for _, m := range r.Agents {
		of(m.Name)
	}
	for i := range r.Trials {
		t := &r.Trials[i]
		if !t.MeasuresStrategy() {
			continue
		}
		for _, a := range t.Agents {
			s := of(a.Name)
			if s.Largest == 0 {
				s.Smallest = a.Limit
			}
			s.Smallest, s.Largest = min(s.Smallest, a.Limit), max(s.Largest, a.Limit)
			s.started, total = s.started+a.Started, total+a.Started
			s.cpu, s.windows = s.cpu+a.CPU, s.windows+t.Elapsed
			s.Skew = max(s.Skew, a.Skew)
		}
	}
	portions := make([]Portion, len(all))
	for i, s := range all {
		s.Share = stat.Ratio(float64(s.started), float64(total))
		if at := slices.IndexFunc(r.Agents, func(m Member) bool { return m.Name == s.Name }); at >= 0 {
			s.Busy = stat.Ratio(s.cpu, s.windows*float64(r.Agents[at].Machine.CPUs))
		}
		portions[i] = s.Portion
	}
	slices.SortStableFunc(portions, func(a, b Portion) int { return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(a.Name, b.Name)) })
	return portions
}

// checkAgents returns an error unless the agents of a trial add up to it.
func (t *Trial) checkAgents() error {
	if len(t.Agents) == 0 {
		return nil
	}
	var started, succeeded int64
	for _, a := range t.Agents {
		if min(a.Started, a.Succeeded, int64(a.Limit)) < 0 || min(a.CPU, a.Skew) < 0 {
			return fmt.Errorf("trial.agents: %s: a figure is below 0", text.Clean(a.Name))
		}
		started, succeeded = started+a.Started, succeeded+a.Succeeded
	}
	if started != t.Started || succeeded != t.Succeeded {
		return fmt.Errorf("trial.agents: %d started and %d succeeded: the trial says %d and %d", started, succeeded, t.Started, t.Succeeded)
	}
	return nil
}
