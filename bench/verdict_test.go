package bench

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"sweetspot/bench/optimum"
	"sweetspot/results"
)

// What package optimum concludes is converted by its text, so both packages must declare the same verdicts.
func TestVerdictsOfOptimumAndOfARunAreTheSame(t *testing.T) {
	declared := map[string][]string{} // by type
	for name, of := range constantsOf(t, "optimum") {
		declared[of] = append(declared[of], name)
	}
	t.Run("optimum.Verdicts lists every verdict declared there", func(t *testing.T) {
		if got, want := texts(optimum.Verdicts()), slices.Sorted(slices.Values(declared["Verdict"])); !slices.Equal(got, want) {
			t.Errorf("it lists %q, declared are %q", got, want)
		}
	})
	t.Run("a run has those and the two that only bench gives", func(t *testing.T) {
		want := append(texts(optimum.Verdicts()), string(results.ClientBound), string(results.Objective))
		slices.Sort(want)
		if got := texts(results.Verdicts()); !slices.Equal(got, want) {
			t.Errorf("package results has %q, want %q", got, want)
		}
	})
	t.Run("the standings of a comparison are those of a run", func(t *testing.T) {
		want := slices.Sorted(slices.Values(declared["Standing"]))
		if got := texts(results.Standings()); len(want) == 0 || !slices.Equal(got, want) {
			t.Errorf("package results has %q, package optimum %q", got, want)
		}
	})
}

// texts returns the texts of typed strings, sorted.
func texts[S ~string](typed []S) []string {
	var all []string
	for _, s := range typed {
		all = append(all, string(s))
	}
	slices.Sort(all)
	return all
}

// constantsOf returns the typed constants of a package with a text, and their types.
func constantsOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	types := map[string]string{}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || spec.Type == nil || len(spec.Values) != 1 {
				return true
			}
			of, named := spec.Type.(*ast.Ident)
			if value, literal := spec.Values[0].(*ast.BasicLit); named && literal && value.Kind == token.STRING {
				text, err := strconv.Unquote(value.Value)
				if err != nil {
					t.Fatal(err)
				}
				types[text] = of.Name
			}
			return true
		})
	}
	return types
}
