package build_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"sweetspot/bench/cli/build"
)

func TestDescribeKnowsGoAndThePlatform(t *testing.T) {
	info := build.Describe()
	if info.Version == "" || info.Go != runtime.Version() || info.Platform != runtime.GOOS+"/"+runtime.GOARCH {
		t.Errorf("got %+v", info)
	}
}

func TestStringHasALineEach(t *testing.T) {
	for _, c := range []struct {
		info build.Info
		want string
	}{
		{build.Info{Version: "v1.2.3", Commit: "12ab", Date: "2026-11-27T10:00:00Z", Go: "go1.26", Platform: "linux/amd64"},
			"sweetspot v1.2.3\ncommit 12ab of 2026-11-27T10:00:00Z\nbuilt with go1.26 for linux/amd64\n"},
		{build.Info{Version: "(devel)", Commit: "12ab", Modified: true, Go: "go1.26", Platform: "linux/amd64"},
			"sweetspot (devel)\ncommit 12ab with changes\nbuilt with go1.26 for linux/amd64\n"},
		{build.Info{Version: "unknown", Go: "go1.26", Platform: "linux/amd64"}, "sweetspot unknown\nbuilt with go1.26 for linux/amd64\n"},
	} {
		if got := c.info.String(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

// The linker ignores a variable that does not exist, so a release would silently lose its version.
func TestReleaseSetsVariablesThatExist(t *testing.T) {
	config, err := os.ReadFile("../../../.goreleaser.yaml")
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), "build.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var declared []string
	for _, d := range file.Decls {
		if g, is := d.(*ast.GenDecl); is && g.Tok == token.VAR {
			for _, name := range g.Specs[0].(*ast.ValueSpec).Names {
				declared = append(declared, name.Name)
			}
		}
	}
	var set []string
	for _, m := range regexp.MustCompile(`-X (\S+)\.(\w+)=`).FindAllStringSubmatch(string(config), -1) {
		if m[1] != "sweetspot/bench/cli/build" {
			t.Errorf("-X %s: want a variable of this package", m[1])
		}
		set = append(set, m[2])
	}
	slices.Sort(set)
	slices.Sort(declared)
	if !slices.Equal(set, declared) {
		t.Errorf("the release sets %s, want %s", strings.Join(set, ", "), strings.Join(declared, ", "))
	}
}
