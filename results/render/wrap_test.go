package render

import "testing"

func TestShortenTakesTheMiddleOfANameOut(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  string
	}{
		{"pool", 4, "pool"}, {"python-requests-session", 16, "python-r…session"}, {"semaphore", 2, "s…"}, {"semaphore", 0, "…"},
	} {
		if got := shorten(c.text, c.width); got != c.want {
			t.Errorf("shorten(%q, %d) = %q, want %q", c.text, c.width, got, c.want)
		}
	}
}
