package render_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"sweetspot/results"
	"sweetspot/results/internal/fixture"
	"sweetspot/results/render"
)

func TestCSVHasNoFormulas(t *testing.T) {
	for cell, want := range map[string]string{
		"=cmd|' /C calc'!A0": "'=cmd|' /C calc'!A0", "+1+1": "'+1+1", "-1-1": "'-1-1", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\r=1": "'\r=1",
		"＝1": "'＝1", "-Inf": "'-Inf", "+": "'+", "-": "'-", "--1": "'--1",
		"": "", "pool": "pool", "-1.5e-7": "-1.5e-7", "-0.25": "-0.25", "+3": "+3", "1=2": "1=2", "'=1": "'=1", "ä": "ä",
	} {
		if got := render.Inert(cell); got != want {
			t.Errorf("%q: got %q, want %q", cell, got, want)
		}
	}
}

func FuzzCSVIsFaithful(f *testing.F) {
	for _, seed := range []string{"", "=1", "-1", "a,b", "\"q\"", "two\nlines", "\r\n", "＠x", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		inert := render.Inert(cell)
		if inert != cell && inert != "'"+cell {
			t.Fatalf("%q became %q", cell, inert)
		}
		if inert == cell && cell != "" && strings.ContainsAny(cell[:1], "=@\t\r") {
			t.Fatalf("%q is left as it is", cell)
		}
		var file bytes.Buffer
		if err := csv.NewWriter(&file).WriteAll([][]string{{"first", inert}}); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&file).ReadAll()
		if want := strings.ReplaceAll(inert, "\r\n", "\n"); err != nil || rows[0][1] != want { // as RFC 4180's readers do
			t.Fatalf("%q is read as %q, %v", inert, rows, err)
		}
	})
}

func TestFormatsForProgramsHaveNothingThatATerminalObeys(t *testing.T) {
	const outside = "a\x1b[2J\u009b31m\u202eb\U000E0001c\a\x7f"
	run := fixture.Empty("bench")
	run.Target = outside
	run.Warnings = []results.Warning{{Text: outside}}
	run.Trials = []results.Trial{{Strategy: "=" + outside, Limit: 1, Started: 1, Succeeded: 1, Elapsed: 1, PerSecond: 1, FirstError: outside}}
	for _, format := range render.Names(render.Formats()) {
		text := fixture.Written(t, render.Run(run), format, 0)
		if i := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && r != '\t' && unicode.Is(unicode.C, r) }); i >= 0 {
			t.Errorf("%s: %q", format, text[max(0, i-20):min(len(text), i+20)])
		}
	}
	var read results.Run
	if err := json.Unmarshal([]byte(fixture.Written(t, render.Run(run), render.JSON, 0)), &read); err != nil || read.Target != outside {
		t.Errorf("JSON is read as %q, %v, want %q", read.Target, err, outside)
	}
}
