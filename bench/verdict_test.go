package bench

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"sweetspot/results"
)

// What package optimum concludes is converted by its text, so every text must be one that the results know.
func TestVerdictsOfPackageOptimumAreKnownToTheResults(t *testing.T) {
	found := 0
	for name, of := range constantsOf(t, "optimum") {
		switch of {
		case "Verdict":
			found++
			if !slices.Contains(results.Verdicts(), results.Verdict(name)) {
				t.Errorf("verdict %q of package optimum is not one of the results: %q", name, results.Verdicts())
			}
		case "Standing":
			found++
			if !slices.Contains(results.Standings(), results.Standing(name)) {
				t.Errorf("standing %q of package optimum is not one of the results: %q", name, results.Standings())
			}
		}
	}
	if found < 10 {
		t.Errorf("%d verdicts and standings, want at least 7 and 3", found)
	}
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
