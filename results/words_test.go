package results_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sweetspot/results"
	"sweetspot/results/compare"
	"sweetspot/results/internal/fixture"
	"sweetspot/results/render"
	"sweetspot/results/report"
	"sweetspot/results/threshold"
)

// A said is everything that is said of a sweep with a verdict.
type said struct {
	label    string // in the table and below the curve
	advice   string // how it begins
	headline string // of the run, which the report begins with
	winner   bool   // whether a terminal shows the advice in the style of the winner
	usable   bool   // whether a requirement may ask for the limit, and comparisons compare it
	compared string // the limit in the table of a comparison
}

// verdictsSaid says of every verdict what each package makes of it. A new verdict takes a row.
var verdictsSaid = map[results.Verdict]said{
	results.Peak:        {"use", "use 52: at least 97%", "Use 52 requests at once, with semaphore", true, true, "52"},
	results.Plateau:     {"use", "use 52: at least 97%", "Use 52 requests at once, with semaphore", true, true, "52"},
	results.NoKnee:      {"best so far", "still rising at 512", "Best so far: 52 requests at once, with semaphore", false, false, "no-knee, 52"},
	results.Cliff:       {"use", "use 52 and no more", "Use 52 requests at once, with semaphore", true, true, "52"},
	results.Multimodal:  {"use", "use 52: at least 97%", "Use 52 requests at once, with semaphore", true, true, "52"},
	results.ClientBound: {"client's best", "this client was the bottleneck", "Client's best: 52 requests at once, with semaphore", false, false, "client-bound, 52"},
	results.Objective:   {"use", "use 52: p99 <= 200ms holds", "Use 52 requests at once, with semaphore", true, true, "52"},
	results.Guess:       {"best guess", "no limit is certain yet; the best guess is 52", "Best guess: 52 requests at once, with semaphore", false, false, "guess, 52"},
	results.Unstable:    {"", "no limit can be named", "No limit can be named", false, false, "unstable"},
}

func TestVerdictsListEveryConstant(t *testing.T) {
	declared := constants(t, "verdict.go", "Verdict")
	if diff := cmp.Diff(declared, strung(results.Verdicts())); diff != "" {
		t.Errorf("Verdicts() differs from the constants: (-constants +Verdicts)\n%s", diff)
	}
	for _, verdict := range results.Verdicts() {
		if _, known := verdictsSaid[verdict]; !known {
			t.Errorf("%s: add a row to verdictsSaid in this file: what each package makes of it", verdict)
		}
	}
	declared = constants(t, "standing.go", "Standing")
	if diff := cmp.Diff(declared, strung(results.Standings())); diff != "" {
		t.Errorf("Standings() differs from the constants: (-constants +Standings)\n%s", diff)
	}
}

func TestCodesListEveryConstant(t *testing.T) {
	declared := constants(t, "warning.go", "Code")
	if diff := cmp.Diff(declared, strung(results.Codes())); diff != "" {
		t.Errorf("Codes() differs from the constants: (-constants +Codes)\n%s", diff)
	}
}

func TestVerdictsMeanTheSameInEveryPackage(t *testing.T) {
	for verdict, want := range verdictsSaid {
		t.Run(string(verdict), func(t *testing.T) { verdictIsSaid(t, verdict, want) })
	}
}

// A verdict that only a newer version knows names no limit anywhere.
func TestVerdictsThatAreNotKnownNameNoLimit(t *testing.T) {
	verdictIsSaid(t, "new", said{"", `no limit can be named: this version does not know the verdict "new"`, "No limit can be named", false, false, "new"})
}

func verdictIsSaid(t *testing.T, verdict results.Verdict, want said) {
	run := fixture.Swept(t)
	run.Strategies = results.Summarise(run.Trials)[7:8] // at the limit to use
	found := &run.Optima[0]
	found.Verdict, found.Objective = verdict, ""
	if verdict == results.Objective {
		found.Objective = "p99 <= 200ms"
	}
	if found.Label() != want.label || !strings.HasPrefix(found.Advice(), want.advice) {
		t.Errorf("label %q, advice %q, want %q and %q", found.Label(), found.Advice(), want.label, want.advice)
	}
	if marked := found.Mark(found.Limit, found.PerSecond) != ""; marked != (want.label != "") {
		t.Errorf("mark %q", found.Mark(found.Limit, found.PerSecond))
	}

	var terminal, page bytes.Buffer
	if err := render.Write(&terminal, render.Run(run), render.Table, render.Screen{Colour: true}); err != nil {
		t.Fatal(err)
	}
	style := string(render.Caution)
	if want.winner {
		style = string(render.Best)
	}
	if line := "\x1b[" + style + "msemaphore: " + want.advice; !strings.Contains(terminal.String(), line) {
		t.Errorf("%q is not in\n%q", line, terminal.String())
	}
	if err := report.WriteBody(&page, []report.Source{{Run: run}}, report.Options{}); err != nil {
		t.Fatal(err)
	}
	_, headline, _ := strings.Cut(page.String(), "<h1>")
	headline, _, _ = strings.Cut(headline, "</h1>")
	headline = strings.TrimSpace(html.UnescapeString(regexp.MustCompile("<[^>]*>").ReplaceAllString(headline, "")))
	if got := run.Headline().String(); got != want.headline || headline != want.headline {
		t.Errorf("the headline is %q, that of the report %q, want %q", got, headline, want.headline)
	}

	limit, err := threshold.Parse("limit(semaphore) > 0")
	if err != nil {
		t.Fatal(err)
	}
	if failure := limit.Failure(run); (failure == "") != want.usable {
		t.Errorf("the requirement of a limit: %q", failure)
	}
	comparison, err := compare.Runs(run, run)
	if err != nil {
		t.Fatal(err)
	}
	comparable := verdict != results.Objective && want.usable
	if got := comparison.Optima[0].Verdict; got != compare.Indistinguishable && comparable || got != compare.Incomparable && !comparable {
		t.Errorf("beside itself the limit is %s", got)
	}
	table := fixture.Written(t, comparison, render.Markdown, 0)
	if row := "| semaphore | " + want.compared + " |"; !strings.Contains(strings.Join(strings.Fields(table), " "), row) {
		t.Errorf("%q is not in\n%s", row, table)
	}
}

func TestStandingsMeanTheSameInEveryPackage(t *testing.T) {
	want := map[results.Standing]struct {
		versus, compact string
		style           render.Style
		other           results.Standing // of a second strategy, with 1,000/s
		headline        string
	}{
		results.Fastest:           {"fastest", "best", render.Best, results.Slower, "pool</em> is the fastest"},
		results.Slower:            {"39% slower", "-39%", render.Plain, results.Fastest, "other</em> is the fastest"},
		results.Indistinguishable: {"~ fastest", "~", render.Good, results.Indistinguishable, "other has the highest mean, 1,000/s"},
	}
	for _, standing := range results.Standings() {
		want, known := want[standing]
		if !known {
			t.Errorf("%s: nothing says what each package makes of it", standing)
			continue
		}
		run := fixture.Empty("bench")
		run.Strategies = []results.Summary{
			{Strategy: "pool", Limit: 8, Trials: 10, PerSecond: 610, VersusFastest: 0.61, Verdict: standing},
			{Strategy: "other", Limit: 8, Trials: 10, PerSecond: 1000, VersusFastest: 1, Verdict: want.other},
		}
		if got := run.Strategies[0].Versus(); got != want.versus {
			t.Errorf("%s: got %q, want %q", standing, got, want.versus)
		}
		for width, cell := range map[int]string{0: want.versus, 34: want.compact} {
			var terminal bytes.Buffer
			if err := render.Write(&terminal, render.Run(run), render.Table, render.Screen{Columns: width, Colour: true}); err != nil {
				t.Fatal(err)
			}
			if want.style != render.Plain {
				cell = "\x1b[" + string(want.style) + "m" + cell + "\x1b[0m"
			}
			if !strings.Contains(terminal.String(), cell) {
				t.Errorf("%s at %d: %q is not in\n%q", standing, width, cell, terminal.String())
			}
		}
		var page bytes.Buffer
		if err := report.WriteBody(&page, []report.Source{{Run: run}}, report.Options{}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(page.String(), want.headline) {
			t.Errorf("%s: the report does not say %q", standing, want.headline)
		}
	}
}

// constants returns the values of the constants of a type that a file declares, in order.
func constants(t *testing.T, file, of string) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	ast.Inspect(parsed, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if name, ok := spec.Type.(*ast.Ident); ok && name.Name == of {
			for _, v := range spec.Values {
				value, err := strconv.Unquote(v.(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				values = append(values, value)
			}
		}
		return true
	})
	return values
}

// strung returns the texts of the values.
func strung[T ~string](values []T) []string {
	var texts []string
	for _, v := range values {
		texts = append(texts, string(v))
	}
	return slices.Clip(texts)
}
