package cli

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"sweetspot/bench/cli/secret"
)

// record returns what a run file would hold of a command line.
func record(t *testing.T, args ...string) (line []string) {
	t.Helper()
	cmd := newBenchCommand()
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		line = redacted(cmd, args)
		return nil
	}
	cmd.SetArgs(args)
	if err := cmd.Execute(); err != nil {
		t.Fatal(err)
	}
	return line
}

func TestRedactedKeepsTheCommandLine(t *testing.T) {
	got := record(t, "-s", "pool,fasthttp", "-qc100", "--body", "@order.json", "-d", "2s", "http://127.0.0.1/{1..9}?page=1")
	want := []string{"bench", "--body=@order.json", "--duration=2s", "--limit=100", "--quiet=true", "--strategy=pool,fasthttp",
		"http://127.0.0.1/{1..9}?page=1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := record(t); !slices.Equal(got, []string{"bench"}) {
		t.Errorf("got %q, want the command alone", got)
	}
}

func TestRedactedKeepsNoSecret(t *testing.T) {
	for _, args := range [][]string{
		{"-H", "Authorization: Bearer secret"},
		{"-H", "Accept: text/plain", "--header=Cookie:secret"},
		{"-qHX-Key: a: secret, secret"},
		{"--body", `{"password":"secret"}`},
		{"http://user:secret@127.0.0.1:80/"},
		{"--external", "mine=curl --token=secret"},
		{"--header-for", "example.com Authorization: Bearer secret"},
		{"--login", "POST http://me:secret@127.0.0.1/login password=secret"},
		{"--proxy", "http://me:secret@127.0.0.1:3128"},
		{"--external", "mine=curl -H 'Cookie: secret'"},
		{"--external", "mine=curl 'secret"},
		{"https://secret@127.0.0.1?x"},
		{"http://user:se@cret@127.0.0.1/{1..9}@"},
	} {
		line := strings.Join(record(t, args...), " ")
		if strings.Contains(line, "cret") || !strings.Contains(line, secret.Withheld) {
			t.Errorf("%q is kept as %q", args, line)
		}
	}
	got := record(t, "-H", "Authorization: Bearer secret", "-H", "Accept: */*", "http://user:secret@127.0.0.1/a@b")
	want := []string{"bench", "--header=Authorization: xxxxx", "--header=Accept: xxxxx", "http://xxxxx@127.0.0.1/a@b"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
