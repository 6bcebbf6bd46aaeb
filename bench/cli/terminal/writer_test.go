package terminal_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"sweetspot/bench/cli/terminal"
)

func TestWriterWritesWhatNoTerminalObeys(t *testing.T) {
	for text, want := range map[string]string{
		"plain\tä €\n":                    "plain\tä €\n",
		"\x1b[1mbold\x1b[0m \x1b[38;5;1m": "\x1b[1mbold\x1b[0m \x1b[38;5;1m",
		"\x1b[2Jgone":                     "\uFFFD[2Jgone",
		"\x1b]0;title\a":                  "\uFFFD]0;title\uFFFD",
		"over\rwritten\b\x7f":             "over\uFFFDwritten\uFFFD\uFFFD",
		"C1 \u009b31m":                    "C1 \uFFFD31m",
		"C1 as a byte \x9b31m":            "C1 as a byte \uFFFD31m",
		"\u202egnirts\u2066":              "\uFFFDgnirts\uFFFD",
		"unfinished colour \x1b[1":        "unfinished colour \uFFFD[1",
	} {
		var out bytes.Buffer
		fmt.Fprint(terminal.ForResults(&out), text)
		if out.String() != want {
			t.Errorf("%q: got %q, want %q", text, out.String(), want)
		}
	}
}

func TestWriterKeepsCharactersThatComeInParts(t *testing.T) {
	const text = "größer als 100 €: 😀\n"
	var out bytes.Buffer
	w := terminal.ForResults(&out)
	for i := range len(text) {
		if n, err := w.Write([]byte{text[i]}); n != 1 || err != nil {
			t.Fatalf("got %d, %v", n, err)
		}
	}
	if out.String() != text {
		t.Errorf("got %q, want %q", out.String(), text)
	}
}

func TestWriterOfMessagesCutsLinesAndRedacts(t *testing.T) {
	var out bytes.Buffer
	w := terminal.ForMessages(&out, func(text string) string { return strings.ReplaceAll(text, "secret", "xxxxx") })
	fmt.Fprintln(w, "a secret")
	fmt.Fprint(w, strings.Repeat("x", 3000))
	fmt.Fprintln(w, strings.Repeat("y", 3000))
	fmt.Fprintln(w, "next")
	lines := strings.Split(out.String(), "\n")
	if lines[0] != "a xxxxx" || len([]rune(lines[1])) != 4000 || !strings.HasSuffix(lines[1], "y…") || lines[2] != "next" {
		t.Errorf("got %d characters in the long line, and %q, %q", len([]rune(lines[1])), lines[0], lines[2])
	}
	out.Reset()
	fmt.Fprint(terminal.ForResults(&out), strings.Repeat("x", 9000))
	if out.Len() != 9000 {
		t.Errorf("%d bytes of a result, want all", out.Len())
	}
}

type full struct{ err error }

func (f full) Write([]byte) (int, error) { return 0, f.err }

func TestWriterRemembersItsFirstError(t *testing.T) {
	first := errors.New("no space")
	w := terminal.ForResults(&full{first})
	if _, err := fmt.Fprint(w, "a"); err != first || w.Err() != first {
		t.Errorf("got %v and %v, want %v", err, w.Err(), first)
	}
	if below, ok := terminal.Raw(w).(*full); !ok || below.err != first {
		t.Error("Raw is not the writer below")
	}
}
