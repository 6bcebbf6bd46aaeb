package compare

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sweetspot/results"
	"sweetspot/results/stat"
	"sweetspot/results/text"
)

// A Floor is by how much the goodput of runs differs that measure the same. The repeats of a run do not show it, so that an
// interval from one run a side needs it.
type Floor struct {
	Deviation float64         `json:"deviation"`          // standard deviation of ln(goodput) from run to run, beyond that from trial to trial
	DF        float64         `json:"degrees_of_freedom"` // of Deviation; 0 if it was not measured
	Runs      int             `json:"runs"`               // from which it was measured; 0 if it was not
	First     string          `json:"first,omitempty"`    // when the first of them started, RFC 3339
	Last      string          `json:"last,omitempty"`     // when the last of them started
	Machine   results.Machine `json:"machine,omitzero"`   // on which they ran
}

// UsualFloor is for machines on which no floor was measured: the goodput of runs of the same program has a standard deviation
// of about 2% from run to run.
var UsualFloor = Floor{Deviation: 0.02}

// fewestRuns is the smallest number of runs from which a floor follows. With fewer its interval is too wide to be of use.
const fewestRuns = 10

// MeasureFloor returns the floor of runs that measure the same on the same machine, at least ten. It is the component between
// runs of the variance of ln(goodput), by the method of moments for nested designs (Searle, Casella and McCulloch 1992): the
// variance of the runs' means less that which their trials explain. Of several strategies it is the mean, with the degrees of
// freedom of one, since what a run has of its own its strategies have in common.
func MeasureFloor(runs []*results.Run) (Floor, error) {
	if len(runs) < fewestRuns {
		return Floor{}, fmt.Errorf("%s: want at least %d of the same strategies, such as 40", text.Plural(len(runs), "run"), fewestRuns)
	}
	for _, r := range runs[1:] {
		if texts := slices.Concat(Differences(runs[0].Settings, r.Settings), machines(runs[0].Machine, r.Machine),
			unequal([]difference{{"target", runs[0].Subject(), r.Subject()}})); len(texts) > 0 {
			return Floor{}, fmt.Errorf("the runs are not alike: %s", strings.Join(texts, "; "))
		}
	}
	var total, between float64 // sums over the strategies: of the variance of the means, and of its component between runs
	of := sideOf(runs, grouped)
	counted := 0
	for _, at := range of.order {
		rates, all := of.rates(at)
		if !all || len(rates) < len(runs) {
			continue
		}
		variance := math.Pow(stat.Describe(means(rates)).Deviation, 2)
		var explained float64
		for _, run := range rates {
			explained += math.Pow(stat.Describe(run).Deviation, 2) / float64(len(run)) / float64(len(rates))
		}
		total, between, counted = total+variance, between+variance-explained, counted+1
	}
	if counted == 0 {
		return Floor{}, errors.New("no strategy has goodput in every trial of every run")
	}
	started := slices.Sorted(slices.Values(text.Each(runs, func(r *results.Run) string { return r.Started })))
	floor := Floor{Runs: len(runs), First: started[0], Last: started[len(started)-1], Machine: runs[0].Machine}
	if between > 0 {
		floor.Deviation = math.Sqrt(between / float64(counted))
		// The estimate varies as that of the variance of the means does, of which it is a part: Satterthwaite (1946).
		floor.DF = float64(len(runs)-1) * math.Pow(between/total, 2)
	}
	return floor, nil
}

// between returns what the floor adds to the difference of two runs: its variance once for each.
func (f Floor) between() stat.Beyond {
	return stat.Beyond{Variance: 2 * f.Deviation * f.Deviation, DF: f.DF}
}

// words says what the floor adds to the intervals, and where it comes from.
func (f Floor) words() string {
	words := "With one run a side, the intervals include that runs of the same program differ by a standard deviation of " +
		text.Percent(f.Deviation)
	if f.Runs > 0 {
		return fmt.Sprintf("%s, measured on %s from %s to %s.", words, text.Plural(f.Runs, "run"), f.First, f.Last)
	}
	return words + ": it was assumed, not measured on this machine."
}

// foreignFloor returns a warning if the floor was measured on another machine than the runs that are compared.
func (c *Comparison) foreignFloor() []results.Warning {
	if c.Floor == nil || c.Floor.Runs == 0 {
		return nil
	}
	texts := machines(c.Floor.Machine, c.New.Machine)
	if len(texts) == 0 {
		return nil
	}
	return []results.Warning{results.Warningf(results.ForeignFloor, "the variance between runs was measured on another machine: %s",
		strings.Join(texts, "; "))}
}

// LoadFloor reads the floor that [Floor.Save] wrote.
func LoadFloor(path string) (Floor, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Floor{}, err
	}
	var f Floor
	if err := json.Unmarshal(data, &f); err != nil {
		return Floor{}, fmt.Errorf("%s: not a floor: %w", path, err)
	}
	if !(f.Deviation >= 0) || !(f.DF >= 0) || f.Runs < 1 {
		return Floor{}, fmt.Errorf("%s: not a floor: a deviation of %g from %s", path, f.Deviation, text.Plural(f.Runs, "run"))
	}
	return f, nil
}

// Save writes the floor to a file, as one JSON object, and makes its folder if there is none.
func (f Floor) Save(path string) error {
	data, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return err
	}
	return cmp.Or(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, append(data, '\n'), 0o666))
}
