package results

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"sweetspot/results/input"
	"sweetspot/results/stat"
	"sweetspot/results/text"
)

// The largest file and the longest line that are read. They only keep a file that is no run file from taking all memory: an
// hour's run of the shortest trials is below 20 MB, and the longest line of a run, a trial of a day, below 10 MB.
const (
	mostFile = 256 << 20
	mostLine = 16 << 20
)

// Load reads a run file that [Create] began, of this version or an older one. An unknown field, a newer version or figures
// that do not add up are errors that name the file, the line and the field. If the last
// line is torn, because the writer was stopped in the middle of it, the run is without that line and has a warning. A missing
// conclusion is a warning too. None of the run's lists and maps is nil.
//
// It reads one line after the other. A file above 256 MiB, a line above 16 MiB and a pipe that sends nothing for 30 s are errors.
func Load(path string) (*Run, error) {
	file, err := input.Open(path, mostFile)
	if err != nil {
		return nil, err // names the path
	}
	defer file.Close()
	return parse(path, file)
}

// parse reads the run file of that name.
func parse(name string, file io.Reader) (*Run, error) {
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, mostLine)
	lines.Split(wholeLines)
	if !lines.Scan() {
		return nil, cmp.Or(unread(name, 1, lines.Err()), fmt.Errorf("%s: empty, so not a run file", name))
	}
	run, err := parseHead(lines.Bytes())
	if err != nil {
		return nil, fmt.Errorf("%s:1: %w", name, err)
	}
	concluded, number := false, 1
	for lines.Scan() {
		number++
		if torn(lines.Bytes()) {
			run.Warnings = append(run.Warnings, Warningf(Torn, "%s:%d: the last line is torn, and what it held is lost", name, number))
			break
		}
		if concluded {
			return nil, fmt.Errorf("%s:%d: follows the conclusion, which must be the last line", name, number)
		}
		if concluded, err = run.parseLine(lines.Bytes()); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, number, err)
		}
	}
	if err := unread(name, number+1, lines.Err()); err != nil {
		return nil, err
	}
	if !concluded {
		run.Warnings = append(run.Warnings, Warningf(NoConclusion, "%s: the run was interrupted: it has no conclusion", name))
	}
	VoidBlocks(run.Trials)
	return run.NonNull(), nil
}

// wholeLines is a [bufio.SplitFunc] that keeps the newline at the end of each line: the last one lacks it if it is torn.
func wholeLines(data []byte, atEOF bool) (advance int, line []byte, err error) {
	if end := bytes.IndexByte(data, '\n'); end >= 0 {
		return end + 1, data[:end+1], nil
	}
	if atEOF && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}

// unread returns why a line could not be read, or nil if err is nil.
func unread(name string, number int, err error) error {
	if errors.Is(err, bufio.ErrTooLong) {
		return fmt.Errorf("%s:%d: a line longer than %d MiB, so not a run file", name, number, mostLine>>20)
	}
	return err // names the path
}

// torn reports whether the writer was stopped in the middle of the line. A line that lacks only the newline is not torn.
func torn(line []byte) bool { return !bytes.HasSuffix(line, []byte("\n")) && !json.Valid(line) }

// parseHead reads the first line of a run file. It reads the version first, since another version may have other fields.
func parseHead(words []byte) (*Run, error) {
	if torn(words) {
		return nil, errors.New("ends within its first line, so there is nothing to open")
	}
	if string(bytes.TrimSpace(words)) == "{" { // the first line of JSON that was printed for people
		return nil, errors.New("not a run file: want one that bench or sweep saved; JSON that was printed cannot be opened again")
	}
	var version struct {
		Version int `json:"version"`
	}
	if err := json.Unmarshal(words, &version); err != nil {
		return nil, fmt.Errorf("not a run file: %w", place(words, err))
	}
	switch {
	case version.Version > Version:
		return nil, fmt.Errorf("version %d: written by a newer sweetspot; this one reads up to version %d: update it to open the file", version.Version, Version)
	case version.Version < 1:
		return nil, fmt.Errorf("version %d: not a run file: want a version from 1 to %d", version.Version, Version)
	}
	run := &Run{}
	if err := strict(words, &head{Run: run}); err != nil {
		return nil, err
	}
	return run, nil
}

// parseLine adds what a line after the first holds to the run. It reports whether the line was the conclusion.
func (r *Run) parseLine(words []byte) (concluded bool, err error) {
	var l line
	if err := strict(words, &l); err != nil {
		return false, err
	}
	switch {
	case (l.Trial == nil) == (l.Conclusion == nil):
		return false, errors.New("want either a trial or the conclusion")
	case l.Trial != nil:
		if err := l.Trial.check(); err != nil {
			return false, err
		}
		setCodes(l.Trial.Warnings, l.Trial.Codes)
		r.Trials = append(r.Trials, *l.Trial)
		return false, nil
	}
	l.Conclusion.setCodes()
	r.Strategies, r.AtCommon, r.Optima = l.Conclusion.Strategies, l.Conclusion.AtCommon, l.Conclusion.Optima
	r.Versus = l.Conclusion.Versus
	r.PeakMemory, r.Warnings, r.Versions = l.Conclusion.PeakMemory, l.Conclusion.Warnings, l.Conclusion.Versions
	return true, nil
}

// setCodes sets the codes of all warnings of the conclusion.
func (c *conclusion) setCodes() {
	setCodes(c.Warnings, c.Codes)
	for _, summaries := range [][]Summary{c.Strategies, c.AtCommon} {
		for _, s := range summaries {
			setCodes(s.Warnings, s.Codes)
		}
	}
	for _, o := range c.Optima {
		setCodes(o.Warnings, o.Codes)
	}
}

// rounding is the largest difference, as a share, between two figures that differ by rounding errors only.
const rounding = 1e-9

// strict decodes one JSON value. A field that value does not have, and anything after the JSON value, is an error.
func strict(words []byte, value any) error {
	decoder := json.NewDecoder(bytes.NewReader(words))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(value); err != nil {
		return place(words, err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("column %d: more than one JSON value", decoder.InputOffset()+1)
	}
	return nil
}

// place adds to a JSON error where in the line it is, if that is known.
func place(words []byte, err error) error {
	var syntax *json.SyntaxError
	var mistyped *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("column %d: %w", syntax.Offset, err)
	case errors.As(err, &mistyped) && mistyped.Field == "":
		return fmt.Errorf("column %d: want an object, got %s", mistyped.Offset, mistyped.Value)
	case errors.As(err, &mistyped):
		field := strings.TrimPrefix(mistyped.Field, "Run.") // the embedded run's fields are the head's
		return fmt.Errorf("column %d: %s: want %s, got %s", mistyped.Offset, field, mistyped.Type, mistyped.Value)
	case errors.Is(err, io.EOF):
		return errors.New("the line is blank")
	}
	if field, unknown := strings.CutPrefix(err.Error(), "json: unknown field "); unknown {
		err = fmt.Errorf("unknown field %s: misspelled, or from a newer sweetspot", field)
		if bytes.Count(words, []byte(field)) == 1 { // else it may be a known field elsewhere in the line
			err = fmt.Errorf("column %d: %w", bytes.Index(words, []byte(field))+1, err)
		}
	}
	return err
}

// check returns an error unless the trial's figures can be right: none is negative, and every request that was started
// succeeded, failed or was cut off.
func (t *Trial) check() error {
	if t.Strategy == "" {
		return errors.New("trial.strategy: want a name")
	}
	if t.Limit < 1 {
		return fmt.Errorf("trial.limit: %d: want at least 1", t.Limit)
	}
	unaccounted := t.Started
	take := func(field string, n int64) error {
		if n < 0 || n > unaccounted {
			return fmt.Errorf("trial.%s: %d: started (%d) is not succeeded + failed + cut_off", field, n, t.Started)
		}
		unaccounted -= n
		return nil
	}
	if err := take("succeeded", t.Succeeded); err != nil {
		return err
	}
	for _, class := range slices.Sorted(maps.Keys(t.Failed)) {
		if err := take("failed."+text.Clean(class), t.Failed[class]); err != nil {
			return err
		}
	}
	if err := take("cut_off", t.CutOff); err != nil {
		return err
	}
	if unaccounted != 0 {
		return fmt.Errorf("trial.started: %d: %d more than succeeded + failed + cut_off", t.Started, unaccounted)
	}
	if min(t.Elapsed, t.PerSecond, t.CPU, t.InFlightMean, t.Latency.Mean) < 0 {
		return errors.New("trial: a duration or a rate is below 0")
	}
	if rate := stat.Ratio(float64(t.Succeeded), t.Elapsed); math.Abs(t.PerSecond-rate) > rounding*rate {
		return fmt.Errorf("trial.per_second: %g: succeeded / elapsed_seconds is %g", t.PerSecond, rate)
	}
	if t.Offered < 0 || t.Missed != nil && *t.Missed < 0 || t.Late != nil && *t.Late < 0 {
		return errors.New("trial: a figure of the open loop is below 0")
	}
	return cmp.Or(t.checkSeries(), t.checkAgents())
}

// checkSeries returns an error unless the seconds add up to the counts of the trial.
func (t *Trial) checkSeries() error {
	if len(t.Series) == 0 {
		return nil
	}
	var sum Second
	for i, s := range t.Series {
		if s.Succeeded < 0 || s.Failed < 0 || s.Mean < 0 {
			return fmt.Errorf("trial.series: second %d: a figure is below 0", i+1)
		}
		sum.Succeeded += s.Succeeded
		sum.Failed += s.Failed
	}
	if sum.Succeeded != t.Succeeded || sum.Failed != t.Failures() {
		return fmt.Errorf("trial.series: %d succeeded and %d failed: the trial says %d and %d", sum.Succeeded, sum.Failed, t.Succeeded, t.Failures())
	}
	return nil
}
