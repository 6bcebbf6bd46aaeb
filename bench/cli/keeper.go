package cli

import (
	"fmt"

	"sweetspot/results"
)

// A keeper collects the trials of a run, and saves each as soon as it is over if the run has a file. That a file can no longer
// be written ends no run: what is measured is still shown, and the error is reported at the end.
type keeper struct {
	run  *results.Run
	file *results.File // nil if the run is not saved
	err  error         // of the first write that failed
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
	return &keeper{run: run, file: file}, nil
}

func (k *keeper) trial(t results.Trial) {
	k.run.Trials = append(k.run.Trials, t)
	results.VoidBlocks(k.run.Trials)
	if k.file != nil && k.err == nil {
		k.err = k.file.Append(t)
	}
}

// path returns the path of the run's file; empty if it has none.
func (k *keeper) path() string {
	if k.file == nil {
		return ""
	}
	return k.file.Path()
}

// finish writes the run's conclusions and closes the file. It returns why the run is not saved whole, or nil.
func (k *keeper) finish() error {
	if k.file == nil {
		return nil
	}
	if k.err == nil {
		k.err = k.file.Finish(k.run)
	}
	if err := k.close(); k.err == nil {
		k.err = err
	}
	return k.failed()
}

// failed returns why the run is not saved, or nil if nothing has failed so far.
func (k *keeper) failed() error {
	if k.err == nil {
		return nil
	}
	return fmt.Errorf("--out: the run is not saved: %w", k.err)
}

func (k *keeper) close() error {
	if k.file == nil {
		return nil
	}
	return k.file.Close()
}
