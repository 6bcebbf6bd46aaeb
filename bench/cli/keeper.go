package cli

import (
	"fmt"

	"sweetspot/results"
)

// A keeper collects the trials of a run, and saves each as soon as it is over if the run has a file.
type keeper struct {
	run  *results.Run
	file *results.File // nil if the run is not saved
}

// newKeeper returns a keeper that saves to a new file in the folder; an empty folder is for a run that is not saved.
func newKeeper(dir string, run *results.Run) (*keeper, error) {
	if dir == "" {
		return &keeper{run: run}, nil
	}
	file, err := results.Create(dir, run)
	if err != nil {
		return nil, fmt.Errorf("--out %w", err)
	}
	return &keeper{run, file}, nil
}

func (k *keeper) trial(t results.Trial) error {
	k.run.Trials = append(k.run.Trials, t)
	if k.file == nil {
		return nil
	}
	return k.file.Append(t)
}

// path returns the path of the run's file; empty if it has none.
func (k *keeper) path() string {
	if k.file == nil {
		return ""
	}
	return k.file.Path()
}

// finish writes the run's conclusions.
func (k *keeper) finish() error {
	if k.file == nil {
		return nil
	}
	return k.file.Finish(k.run)
}

func (k *keeper) close() error {
	if k.file == nil {
		return nil
	}
	return k.file.Close()
}
