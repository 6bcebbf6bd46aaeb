package terminal

import (
	"strings"
	"testing"
)

func TestWrapFitsColumns(t *testing.T) {
	const text = `Some words that flow
into a paragraph.

A list:
  key        what the key stands for
  --capacity usl:rate=1090,sigma=0.4
And more.`
	const want = `Some words that flow into
a paragraph.

A list:
  key        what the key
             stands for
  --capacity
  usl:rate=1090,sigma=0.4
And more.`
	if got := Wrap(text, 25); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A bar has characters of several bytes.
func TestFillIndentsByCharacters(t *testing.T) {
	const want = "[██░] one two\n      three"
	if got := strings.Join(Fill("[██░] ", []string{"one", "two", "three"}, 14), "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
