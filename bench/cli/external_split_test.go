package cli

import (
	"slices"
	"strings"
	"testing"
)

func TestSplitCommandSplitsAsAShellDoes(t *testing.T) {
	for text, want := range map[string][]string{
		"python3 client.py":             {"python3", "client.py"},
		"  a \t b\n":                    {"a", "b"},
		`'a b' "c d"`:                   {"a b", "c d"},
		`a'b'"c"d`:                      {"abcd"},
		`a '' ""`:                       {"a", "", ""},
		`a\ b \\ \'`:                    {"a b", `\`, "'"},
		`'a\b' "a\b" "a\"b" "a\\b" a\b`: {`a\b`, `a\b`, `a"b`, `a\b`, "ab"},
		"a $HOME * | b":                 {"a", "$HOME", "*", "|", "b"},
		"ä 'ö ü'":                       {"ä", "ö ü"},
	} {
		if got, err := splitCommand(text); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: got %q, %v, want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"", " ", `''`, `'a`, `"a`, `a\`, `a "b'`} {
		if got, err := splitCommand(text); err == nil {
			t.Errorf("%q: got %q, want an error", text, got)
		}
	}
}

// Words that are quoted come back as they were.
func FuzzCommand(f *testing.F) {
	f.Add("a b", `'"\`)
	f.Add("", "\xff\x00")
	f.Fuzz(func(t *testing.T, a, b string) {
		quote := func(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }
		got, err := splitCommand("x " + quote(a) + "\t" + quote(b))
		want := []string{"x", strings.ToValidUTF8(a, "\ufffd"), strings.ToValidUTF8(b, "\ufffd")}
		if err != nil || len(got) != 3 || strings.ToValidUTF8(a, "") == a && got[1] != want[1] || strings.ToValidUTF8(b, "") == b && got[2] != want[2] {
			t.Errorf("%q and %q came back as %q, %v", a, b, got, err)
		}
	})
}
