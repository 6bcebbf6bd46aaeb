package terminal

import "testing"

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
