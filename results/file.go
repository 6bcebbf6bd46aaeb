package results

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// A run file is JSON Lines, written while the run is in progress, so that a program that is killed loses at most the current
// trial:
//
//	{"version":1,"command":"sweep",...}   the run without its results
//	{"trial":{...}}                       one line per trial, with its histogram
//	{"conclusion":{"strategies":[...],"at_common_limit":[...],"optima":[...],"warnings":[...]}}
//
// A file without a conclusion is that of a run that was interrupted.

// head is the first line: a run without what is not known before the first trial. Its own fields hide the run's fields with
// the same names in JSON.
type head struct {
	*Run
	Trials     *later `json:"trials,omitempty"`
	Strategies *later `json:"strategies,omitempty"`
	AtCommon   *later `json:"at_common_limit,omitempty"`
	Optima     *later `json:"optima,omitempty"`
	Versus     *later `json:"versus,omitempty"`
	PeakMemory *later `json:"peak_memory_bytes,omitempty"`
	Warnings   *later `json:"warnings,omitempty"`
	Codes      *later `json:"warning_codes,omitempty"`
	Versions   *later `json:"versions,omitempty"`
}

// later stands for a field that does not belong in the head. It is never written, and reading one is an error.
type later struct{}

// UnmarshalJSON returns an error.
func (*later) UnmarshalJSON([]byte) error {
	return errors.New("trials and conclusions belong on lines of their own")
}

// conclusion is the last line: what is known only when the run has ended.
type conclusion struct {
	Strategies []Summary         `json:"strategies"`
	AtCommon   []Summary         `json:"at_common_limit"`
	Optima     []Optimum         `json:"optima"`
	Versus     []Versus          `json:"versus,omitempty"`
	PeakMemory int64             `json:"peak_memory_bytes,omitempty"`
	Warnings   []Warning         `json:"warnings"`
	Codes      []WarningCode     `json:"warning_codes,omitempty"`
	Versions   map[string]string `json:"versions,omitempty"`
}

// line is a line of a run file after the first. Exactly one of its fields is set.
type line struct {
	Trial      *Trial      `json:"trial,omitempty"`
	Conclusion *conclusion `json:"conclusion,omitempty"`
}

// A File is a run file that is being written. It is not safe for concurrent use.
type File struct {
	file *os.File
	err  error // of the first write that failed; nothing is written after it, since half a line would make the rest unreadable
}

// Create starts the file of a run in the folder dir, which it makes if it does not exist. The file is named after the run's
// start and command, such as 2026-11-22T074452-bench.jsonl. It never replaces another file: if the name is
// taken, it adds -2, -3 and so on. Errors name the folder.
func Create(dir string, run *Run) (*File, error) {
	f, err := create(dir, run)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return f, nil
}

func create(dir string, run *Run) (*File, error) {
	started, err := time.Parse(time.RFC3339, run.Started)
	if err != nil {
		return nil, fmt.Errorf("start of the run: %w", err)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	file, err := unused(filepath.Join(dir, started.Format("2006-01-02T150405")+"-"+run.Command))
	if err != nil {
		return nil, err
	}
	f := &File{file: file}
	if err := f.write(head{Run: run}); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return f, nil
}

// unused creates the first file of name.jsonl, name-2.jsonl, name-3.jsonl and so on that does not exist.
func unused(name string) (*os.File, error) {
	path := name + ".jsonl"
	for n := 2; ; n++ {
		file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if !errors.Is(err, fs.ErrExist) {
			return file, err
		}
		path = fmt.Sprintf("%s-%d.jsonl", name, n)
	}
}

// Append writes a trial to the file and returns when it is on the disk. It is an error if the file was removed meanwhile. After
// an error nothing more is written, and every later call of Append or Finish returns that error.
func (f *File) Append(t Trial) error {
	t = t.NonNull()
	return f.write(line{Trial: &t})
}

// Finish writes the conclusion of the run: everything except its first line and its trials. It returns when that is on the
// disk. No trial may follow.
func (f *File) Finish(run *Run) error {
	r := run.NonNull()
	return f.write(line{Conclusion: &conclusion{r.Strategies, r.AtCommon, r.Optima, r.Versus, r.PeakMemory, r.Warnings, r.Codes, r.Versions}})
}

// Close closes the file. It does not write what the run concludes: see [File.Finish]. A second call does nothing.
func (f *File) Close() error {
	if err := f.file.Close(); !errors.Is(err, os.ErrClosed) {
		return err
	}
	return nil
}

// Path returns the path of the file.
func (f *File) Path() string { return f.file.Name() }

// write appends one line in one call, so that only the last line can be torn if the process is killed.
func (f *File) write(value any) error {
	if f.err != nil {
		return f.err
	}
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("%s: %w", f.Path(), err)
	}
	if _, f.err = f.file.Write(append(text, '\n')); f.err == nil {
		f.err = f.file.Sync()
	}
	if f.err == nil {
		f.err = f.present()
	}
	return f.err
}

// present returns an error if the file is no longer where it was created: a removed file takes what is written, and loses it.
func (f *File) present() error {
	own, err := f.file.Stat()
	if err != nil {
		return err
	}
	if there, err := os.Stat(f.Path()); err != nil || !os.SameFile(own, there) {
		return fmt.Errorf("%s: the file was removed or replaced", f.Path())
	}
	return nil
}
