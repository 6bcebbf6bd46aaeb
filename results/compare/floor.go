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

// A Floor is by how much the goodput of runs differs that measure the same, beyond what differs from trial to trial. The repeats
// of a run do not show it, so that an interval from one run a side needs it. The embedded component is that of a strategy's
// goodput.
type Floor struct {
	stat.Component
	Strategy stat.Component  `json:"strategy"`         // of each strategy on its own, apart from what the strategies of a run have in common
	Runs     int             `json:"runs"`             // from which it was measured; 0 if it was not
	First    string          `json:"first,omitempty"`  // when the first of them started, RFC 3339
	Last     string          `json:"last,omitempty"`   // when the last of them started
	Machine  results.Machine `json:"machine,omitzero"` // on which they ran
}

// UsualFloor is for machines on which no floor was measured: the goodput of runs of the same program has a standard deviation
// of about 2% from run to run. It says nothing about single strategies.
var UsualFloor = Floor{Component: stat.Component{Deviation: 0.02}}

// fewestRuns is the smallest number of runs from which a floor follows. With fewer its interval is too wide to be of use.
const fewestRuns = 10

// MeasureFloor returns the floor of runs that measure the same on the same machine, at least ten. Its components are those
// between runs of the variance of ln(goodput), and of that of the ratios of strategies, by the method of moments for nested
// designs (Searle, Casella and McCulloch 1992): the variance of the runs' means less that which their trials explain. Each is
// the mean over the strategies or their pairs, with the degrees of freedom of one, since what a run has of its own its
// strategies have in common.
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
	all := sideOf(runs, grouped)
	var strategies, ratios [][][]float64 // ln(goodput) by strategy or pair, run and trial
	for _, at := range all.order {
		rates, complete := all.logs(at, results.Goodput())
		if !complete || len(rates) < len(runs) {
			continue
		}
		for _, other := range strategies {
			if both, paired := differences(rates, other); paired {
				ratios = append(ratios, both)
			}
		}
		strategies = append(strategies, rates)
	}
	if len(strategies) == 0 {
		return Floor{}, errors.New("no strategy has goodput in every trial of every run")
	}
	started := slices.Sorted(slices.Values(text.Each(runs, func(r *results.Run) string { return r.Started })))
	floor := Floor{
		Component: component(strategies), Strategy: component(ratios),
		Runs: len(runs), First: started[0], Last: started[len(started)-1], Machine: runs[0].Machine,
	}
	floor.Strategy.Deviation /= math.Sqrt2 // a ratio has it twice
	return floor, nil
}

// differences returns x - y by run and trial. It reports false if the two differ in the number of trials.
func differences(x, y [][]float64) (all [][]float64, paired bool) {
	for run := range x {
		if len(x[run]) != len(y[run]) {
			return nil, false
		}
		of := make([]float64, len(x[run]))
		for i := range of {
			of[i] = x[run][i] - y[run][i]
		}
		all = append(all, of)
	}
	return all, true
}

// component returns the component between runs of figures that were measured in the same runs, by figure, run and trial. It is
// no less than these runs are able to show.
func component(figures [][][]float64) stat.Component {
	var total, between float64 // of the variance of the means of the runs, and the part that the trials do not explain
	for _, runs := range figures {
		variance := math.Pow(stat.Describe(means(runs)).Deviation, 2)
		var explained float64
		for _, trials := range runs {
			explained += math.Pow(stat.Describe(trials).Deviation, 2) / float64(len(trials)) / float64(len(runs))
		}
		total, between = total+variance, between+variance-explained
	}
	if total == 0 {
		return stat.Component{}
	}
	// That nothing was found does not mean that there is nothing: the standard error of the variance is what could be found.
	between = max(between, total*math.Sqrt(2/float64(len(figures[0])-1)))
	return stat.Component{
		Deviation: math.Sqrt(between / float64(len(figures))),
		// The estimate varies as that of the variance of the means does, of which it is a part: Satterthwaite (1946).
		DF: float64(len(figures[0])-1) * math.Pow(between/total, 2),
	}
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

// Foreign returns a warning if the floor was measured on another machine than the one that is given.
func (f Floor) Foreign(machine results.Machine) []results.Warning {
	if f.Runs == 0 {
		return nil
	}
	texts := machines(f.Machine, machine)
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
	if !(f.Deviation >= 0) || !(f.DF >= 0) || !(f.Strategy.Deviation >= 0) || !(f.Strategy.DF >= 0) || f.Runs < 1 {
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
