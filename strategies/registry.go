package strategies

import (
	"fmt"
	"slices"
	"strings"
)

// The registry is written by the Register functions, which are called in init only. After that it is read-only.
var (
	registered []Strategy
	schedules  = map[string]Schedule{}
	clients    = map[string]Client{}
)

// Register makes a strategy available under its name. It must be called from an init function, and panics if the name is
// taken.
func Register(s Strategy) {
	if slices.ContainsFunc(registered, func(other Strategy) bool { return other.Name() == s.Name() }) {
		panic("strategies: " + s.Name() + " is registered twice")
	}
	registered = append(registered, s)
}

// RegisterSchedule makes a schedule available, paired with every client as "name+client". It must be called from an init
// function, and panics if the name is taken.
func RegisterSchedule(s Schedule) {
	if _, taken := schedules[s.Name]; taken {
		panic("strategies: schedule " + s.Name + " is registered twice")
	}
	schedules[s.Name] = s
}

// RegisterClient makes a client available, paired with every schedule as "schedule+name". It must be called from an init
// function, and panics if the name is taken.
func RegisterClient(c Client) {
	if _, taken := clients[c.Name]; taken {
		panic("strategies: client " + c.Name + " is registered twice")
	}
	clients[c.Name] = c
}

// Named returns the strategies that were registered by [Register], sorted by name.
func Named() []Strategy {
	return slices.SortedFunc(slices.Values(registered), func(a, b Strategy) int { return strings.Compare(a.Name(), b.Name()) })
}

// Pairs returns the pairs of every registered schedule with every registered client, sorted by name.
func Pairs() []Strategy {
	var pairs []Strategy
	for _, schedule := range schedules {
		for _, client := range clients {
			pairs = append(pairs, schedule.With(client))
		}
	}
	slices.SortFunc(pairs, func(a, b Strategy) int { return strings.Compare(a.Name(), b.Name()) })
	return pairs
}

// Get returns the strategy of that name, which may be a pair; nethttp is accepted for net/http. The error suggests the most
// similar name. Strategies of other packages must have been imported: see package all.
func Get(name string) (Strategy, error) {
	name = strings.Replace(name, "nethttp", NetHTTP.Name, 1)
	all := slices.Concat(Named(), Pairs())
	names := make([]string, len(all))
	for i, s := range all {
		if s.Name() == name {
			return s, nil
		}
		names[i] = s.Name()
	}
	return nil, fmt.Errorf("no strategy %q: did you mean %s?", name, nearest(name, names))
}

// nearest returns the candidate with the smallest edit distance from name.
func nearest(name string, candidates []string) string {
	return slices.MinFunc(candidates, func(a, b string) int { return distance(name, a) - distance(name, b) })
}

// distance is the Levenshtein distance: how many bytes must be inserted, deleted or replaced to turn a into b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			substitution := diagonal
			if a[i] != b[j] {
				substitution++
			}
			diagonal = row[j+1]
			row[j+1] = min(substitution, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
