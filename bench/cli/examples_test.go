package cli

import (
	"bytes"
	"errors"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"go.yaml.in/yaml/v3"
)

// A started is what a manifest starts: how many times, and by which arguments.
type started struct {
	count     int
	arguments []string
}

// The manifests start as many agents as the run in them waits for, with flags that there are.
func TestManifestsStartWhatTheRunWaitsFor(t *testing.T) {
	for path, parse := range map[string]func(*testing.T, []byte) []started{
		"agents/examples/kubernetes.yaml": kubernetes, "agents/examples/nomad.hcl": nomad,
	} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		counts := map[string]int{}
		agents := ""
		for _, s := range parse(t, text) {
			command, rest, err := newRoot().Find(s.arguments)
			if err == nil {
				err = command.ParseFlags(rest)
			}
			if err != nil {
				t.Errorf("%s: %q: %v", path, s.arguments, err)
				continue
			}
			counts[command.Name()] += s.count
			if flag := command.Flags().Lookup("agents"); flag != nil {
				agents = flag.Value.String()
			}
		}
		if counts["sweep"] != 1 || counts["agent"] < 2 || agents != strconv.Itoa(counts["agent"]) {
			t.Errorf("%s starts %v, and the run has --agents %s", path, counts, agents)
		}
	}
}

// kubernetes returns what the jobs of a manifest start.
func kubernetes(t *testing.T, text []byte) []started {
	type job struct {
		Kind string `yaml:"kind"`
		Spec struct {
			Parallelism int `yaml:"parallelism"`
			Completions int `yaml:"completions"`
			Template    struct {
				Spec struct {
					Containers []struct {
						Args []string `yaml:"args"`
					} `yaml:"containers"`
				} `yaml:"spec"`
			} `yaml:"template"`
		} `yaml:"spec"`
	}
	var all []started
	for documents := yaml.NewDecoder(bytes.NewReader(text)); ; {
		var one job
		if err := documents.Decode(&one); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		if one.Spec.Parallelism != one.Spec.Completions {
			t.Errorf("parallelism %d and completions %d: want the same, since the agents run at once", one.Spec.Parallelism, one.Spec.Completions)
		}
		for _, c := range one.Spec.Template.Spec.Containers {
			all = append(all, started{max(1, one.Spec.Completions), c.Args})
		}
	}
}

// nomad returns what the groups of a job start.
func nomad(t *testing.T, text []byte) []started {
	file, wrong := hclsyntax.ParseConfig(text, "nomad.hcl", hcl.InitialPos)
	if wrong.HasErrors() {
		t.Fatal(wrong)
	}
	var all []started
	for _, job := range file.Body.(*hclsyntax.Body).Blocks {
		for _, group := range job.Body.Blocks {
			count := 1
			if a := group.Body.Attributes["count"]; a != nil {
				count, _ = strconv.Atoi(strings.TrimSpace(string(a.Expr.Range().SliceBytes(text))))
			}
			for _, task := range group.Body.Blocks {
				config := slices.IndexFunc(task.Body.Blocks, func(b *hclsyntax.Block) bool { return b.Type == "config" })
				if config < 0 {
					continue
				}
				var arguments []string
				for _, word := range task.Body.Blocks[config].Body.Attributes["args"].Expr.(*hclsyntax.TupleConsExpr).Exprs {
					argument, err := strconv.Unquote(string(word.Range().SliceBytes(text)))
					if err != nil {
						t.Fatal(err)
					}
					arguments = append(arguments, argument)
				}
				all = append(all, started{count, arguments})
			}
		}
	}
	return all
}
