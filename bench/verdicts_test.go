package bench

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sweetspot/bench/optimum"
	"sweetspot/results"
)

// constants returns the strings of the constants in a folder's declaration whose comment begins with the given text.
func constants(t *testing.T, dir, comment string) (values []string) {
	t.Helper()
	files, err := filepath.Glob(dir + "/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			group, ok := d.(*ast.GenDecl)
			if !ok || group.Tok != token.CONST || !strings.HasPrefix(group.Doc.Text(), comment) {
				continue
			}
			for _, spec := range group.Specs {
				value, err := strconv.Unquote(spec.(*ast.ValueSpec).Values[0].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				values = append(values, value)
			}
		}
	}
	if len(values) == 0 {
		t.Fatalf("%s declares no constants with the comment %q", dir, comment)
	}
	slices.Sort(values)
	return values
}

// A verdict that only one of the packages knows would be shown as if it were another.
func TestVerdictsOfOptimumAndOfARunAreTheSame(t *testing.T) {
	var own []string
	for _, v := range optimum.Verdicts() {
		own = append(own, string(v))
	}
	slices.Sort(own)
	t.Run("optimum.Verdicts lists every verdict declared there", func(t *testing.T) {
		if declared := constants(t, "optimum", "The verdicts."); !slices.Equal(own, declared) {
			t.Errorf("it lists %q, declared are %q", own, declared)
		}
	})
	t.Run("the standings of a comparison are the verdicts that results declares for it", func(t *testing.T) {
		if own, declared := constants(t, "optimum", "The standings."), constants(t, "../results", "Verdicts of a comparison."); !slices.Equal(own, declared) {
			t.Errorf("optimum declares %q, results %q", own, declared)
		}
	})
	t.Run("results declares those and the two that only bench gives", func(t *testing.T) {
		want := slices.Sorted(slices.Values(append(own, results.ClientBound, results.Objective)))
		if declared := constants(t, "../results", "Verdicts of a sweep."); !slices.Equal(want, declared) {
			t.Errorf("results declares %q, want %q", declared, want)
		}
	})
}
