package results_test

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sweetspot/results"
	"sweetspot/results/compare"
	"sweetspot/results/render"
)

const (
	goodHead  = `{"version":1,"command":"bench","target":"http://a/","settings":{"method":"GET"}}` + "\n"
	goodTrial = `{"trial":{"strategy":"pool","limit":2,"started":10,"succeeded":7,"failed":{"timeout":1},"cut_off":2}}` + "\n"
	goodEnd   = `{"conclusion":{"strategies":[],"optima":[],"warnings":["w"]}}` + "\n"
)

func TestLoadNamesThePlaceAndTheCauseOfAFault(t *testing.T) {
	edited := func(old, new string) string { return goodHead + strings.Replace(goodTrial, old, new, 1) + goodEnd }
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", "f: empty, so not a run file"},
		{"a page", "<html>\n", "f:1: not a run file: column 1: invalid character '<' looking for beginning of value"},
		{"a list", "[]\n", "f:1: not a run file: column 1: want an object, got array"},
		{"the future", `{"version":2,"new":1}` + "\n", "f:1: version 2: written by a newer sweetspot; this one reads up to version 1: update it to open the file"},
		{"any object", "{}\n", "f:1: version 0: not a run file: want a version from 1 to 1"},
		{"a run as JSON", "{\n  \"version\": 1,\n", "f:1: not a run file: want one that bench or sweep saved; JSON that was printed cannot be opened again"},
		{"a cut head", goodHead[:20], "f:1: ends within its first line, so there is nothing to open"},
		{"an unknown setting", strings.Replace(goodHead, "method", "metod", 1), `f:1: column 65: unknown field "metod": misspelled, or from a newer sweetspot`},
		{"trials in the head", strings.Replace(goodHead, `"command"`, `"trials":[],"command"`, 1), "f:1: trials and conclusions belong on lines of their own"},
		{"a mistyped seed", strings.Replace(goodHead, `"target"`, `"seed":"x","target"`, 1), "f:1: column 41: seed: want uint64, got string"},
		{"an unknown field", edited("limit", "limits"), `f:2: column 29: unknown field "limits": misspelled, or from a newer sweetspot`},
		{"a field that is known elsewhere", edited(`"limit"`, `"latency_seconds":{"limit":1},"limit"`), `f:2: unknown field "limit": misspelled, or from a newer sweetspot`},
		{"a mistyped limit", edited(`:2,`, `:"2",`), "f:2: column 39: trial.limit: want int, got string"},
		{"a limit of 0", edited(`"limit":2`, `"limit":0`), "f:2: trial.limit: 0: want at least 1"},
		{"no strategy", edited("pool", ""), "f:2: trial.strategy: want a name"},
		{"a success too many", edited(`:7`, `:8`), "f:2: trial.cut_off: 2: started (10) is not succeeded + failed + cut_off"},
		{"a success too few", edited(`:7`, `:6`), "f:2: trial.started: 10: 1 more than succeeded + failed + cut_off"},
		{"fewer than no failures", edited(`:1}`, `:-1}`), "f:2: trial.failed.timeout: -1: started (10) is not succeeded + failed + cut_off"},
		{"another rate", edited(`"started"`, `"elapsed_seconds":2,"per_second":3.6,"started"`), "f:2: trial.per_second: 3.6: succeeded / elapsed_seconds is 3.5"},
		{"a second too many", edited(`"started"`, `"series":[{"succeeded":7,"failed":1},{"succeeded":1}],"started"`), "f:2: trial.series: 8 succeeded and 1 failed: the trial says 7 and 1"},
		{"a second below 0", edited(`"started"`, `"series":[{"succeeded":8,"failed":1},{"succeeded":-1}],"started"`), "f:2: trial.series: second 2: a figure is below 0"},
		{"time running back", edited(`"started"`, `"elapsed_seconds":-1,"started"`), "f:2: trial: a duration or a rate is below 0"},
		{"a line of nothing", goodHead + "{}\n", "f:2: want either a trial or the conclusion"},
		{"a blank line", goodHead + "\n" + goodTrial, "f:2: the line is blank"},
		{"two values in a line", edited("\n", "{}\n"), "f:2: column 103: more than one JSON value"},
		{"a trial after the end", goodHead + goodEnd + goodTrial, "f:3: follows the conclusion, which must be the last line"},
		{"damage in the middle", goodHead + goodTrial[:30] + "\n" + goodTrial, "f:2: column 31: invalid character '\\n' in string literal"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := results.Parse("f", []byte(c.text)); err == nil || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestLoadWarnsOfAnUnfinishedFile(t *testing.T) {
	for _, c := range []struct {
		text   string
		trials int
		want   string
	}{
		{goodHead + goodTrial + goodEnd, 1, "w"},
		{goodHead + goodTrial, 1, "f: the run was interrupted: it has no conclusion"},
		{goodHead + goodTrial + goodTrial[:40], 1, "f:3: the last line is torn, and what it held is lost|f: the run was interrupted: it has no conclusion"},
		{goodHead + goodTrial + "\x00\x00", 1, "f:3: the last line is torn, and what it held is lost|f: the run was interrupted: it has no conclusion"},
		{goodHead + goodTrial + goodEnd + "{", 1, "w|f:4: the last line is torn, and what it held is lost"},
	} {
		run, err := results.Parse("f", []byte(c.text))
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		if got := strings.Join(results.Words(run.Warnings), "|"); got != c.want || len(run.Trials) != c.trials {
			t.Errorf("%q:\ngot  %d trials, %s\nwant %d trials, %s", c.text, len(run.Trials), got, c.trials, c.want)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(goodHead + goodTrial + goodEnd))
	f.Add([]byte(goodHead + goodTrial + goodTrial[:50]))
	f.Add([]byte(goodHead))
	files, err := filepath.Glob("testdata/runs/*.jsonl")
	if err != nil || len(files) == 0 {
		f.Fatalf("%d files: %v", len(files), err)
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		run, err := results.Parse("f", text)
		if err != nil {
			return
		}
		for _, trial := range run.Trials {
			if err := results.Check(&trial); err != nil {
				t.Error(err)
			}
		}
		if _, err := json.Marshal(results.Summarise(run.Trials)); err != nil {
			t.Error(err)
		}
		documents := []render.Document{render.Run(run)}
		later := *run
		later.Trials = run.Trials[len(run.Trials)/2:]
		if comparison, err := compare.Runs(run, &later); err == nil {
			documents = append(documents, comparison)
		}
		for _, document := range documents {
			for _, name := range render.Names(render.Formats()) {
				if err := render.Write(io.Discard, document, name, render.Screen{Columns: 80}); err != nil {
					t.Errorf("%T as %s: %v", document, name, err)
				}
			}
		}
	})
}

// endless is a file without a newline.
type endless struct{ read int }

func (e *endless) Read(to []byte) (int, error) {
	e.read += len(to)
	return len(to), nil
}

func TestLoadGivesUpALineThatIsFarTooLong(t *testing.T) {
	var file endless
	_, err := results.ParseFile("f", &file)
	if err == nil || err.Error() != "f:1: a line longer than 16 MiB, so not a run file" || file.read > 64<<20 {
		t.Errorf("got %v after %d bytes", err, file.read)
	}
	run, err := results.ParseFile("f", io.MultiReader(strings.NewReader(`{"version":1,"command":"bench"}`+"\n"), &file))
	if err == nil || err.Error() != "f:2: a line longer than 16 MiB, so not a run file" {
		t.Errorf("got %+v, %v", run, err)
	}
}

func TestLoadOfWhatIsNoFileEnds(t *testing.T) {
	dir := t.TempDir()
	if _, err := results.Load(dir); err == nil || err.Error() != dir+": a folder: want a file" {
		t.Errorf("got %v", err)
	}
	large := filepath.Join(dir, "large")
	if err := os.WriteFile(large, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(large, 300<<20); err != nil {
		t.Fatal(err)
	}
	if _, err := results.Load(large); err == nil || err.Error() != large+": larger than 256 MiB, the most that is read" {
		t.Errorf("got %v", err)
	}
}
