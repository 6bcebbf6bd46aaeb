package cli

import (
	"strings"
	"testing"

	"sweetspot/bench/cli/help"
)

func TestHelpOfEveryCommandFitsSixtyColumns(t *testing.T) {
	root := newRoot()
	help.Fit(root, 60)
	for line := range strings.Lines(root.UsageString()) {
		if n := len([]rune(strings.TrimRight(line, "\n"))); n > 60 && !strings.HasPrefix(line, "  sweetspot ") {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	if !strings.Contains(root.UsageString(), "\n  sweetspot bench\n      compare the strategies on the bundled server\n") {
		t.Errorf("no command line with what it does below it:\n%s", root.UsageString())
	}
	for _, cmd := range root.Commands() {
		_, usage, _ := strings.Cut(cmd.UsageString(), "\nFlags:\n") // examples stay lines that can be pasted
		for line := range strings.Lines(cmd.Long + "\n" + usage) {
			if n := len([]rune(strings.TrimSpace(line))); n > 60 && len(strings.Fields(line)) > 1 {
				t.Errorf("%s: %d columns: %s", cmd.Name(), n, line)
			}
		}
		if strings.Contains(usage, "(default )") {
			t.Errorf("%s: a flag has an empty default:\n%s", cmd.Name(), usage)
		}
	}
}
