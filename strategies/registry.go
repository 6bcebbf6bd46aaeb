package strategies

import (
	"fmt"
	"slices"
	"strings"
)

// The registry. It is written by Register and its kin, from init functions only, and read-only from then on.
var (
	registered []Strategy
	schedules  = map[string]Schedule{}
	clients    = map[string]Client{}
)

// Register makes a strategy known under its name. It is meant for init functions and panics if the name is taken.
func Register(s Strategy) {
	if slices.ContainsFunc(registered, func(other Strategy) bool { return other.Name() == s.Name() }) {
		panic("strategies: " + s.Name() + " is registered twice")
	}
	registered = append(registered, s)
}

// RegisterSchedule makes a schedule known, so that it can be paired with every client as "name+client". It is meant for
// init functions and panics if the name is taken.
func RegisterSchedule(s Schedule) {
	if _, taken := schedules[s.Name]; taken {
		panic("strategies: schedule " + s.Name + " is registered twice")
	}
	schedules[s.Name] = s
}

// RegisterClient makes a client known, so that it can be paired with every schedule as "schedule+name". It is meant for
// init functions and panics if the name is taken.
func RegisterClient(c Client) {
	if _, taken := clients[c.Name]; taken {
		panic("strategies: client " + c.Name + " is registered twice")
	}
	clients[c.Name] = c
}

// Named returns the registered strategies, those with a name of their own, in the order of their names.
func Named() []Strategy {
	return slices.SortedFunc(slices.Values(registered), func(a, b Strategy) int { return strings.Compare(a.Name(), b.Name()) })
}

// Pairs returns every schedule+client pair, in the order of their names.
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

// Get returns the strategy of that name, be it registered or a pair. The error names the nearest name there is.
func Get(name string) (Strategy, error) {
	name = strings.Replace(name, "nethttp", NetHTTP, 1) // for those who would rather not type a slash
	all := slices.Concat(Named(), Pairs())
	names := make([]string, len(all))
	for i, s := range all {
		if s.Name() == name {
			return s, nil
		}
		names[i] = s.Name()
	}
	return nil, fmt.Errorf("no strategy %q: did you mean %s? (sweetspot strategies lists all)", name, nearest(name, names))
}

// nearest returns the candidate with the smallest edit distance to name.
func nearest(name string, candidates []string) string {
	return slices.MinFunc(candidates, func(a, b string) int { return distance(name, a) - distance(name, b) })
}

// distance is the Levenshtein distance: how many bytes to insert, delete or replace to make b of a.
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
