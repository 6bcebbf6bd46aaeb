package report_test

import (
	"bytes"
	"flag"
	"html"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sweetspot/results/report/chromium"
)

var example = flag.String("example", "", "make pictures of the report and of the terminal of the example run in this folder")

// TestExamplePictures makes the pictures for the README. It is a test only to share package chromium. `make example` runs it.
func TestExamplePictures(t *testing.T) {
	if *example == "" {
		t.Skip("nothing to test: this makes pictures for make example")
	}
	dir, err := filepath.Abs(*example)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "terminal.ansi"))
	if err != nil {
		t.Fatal(err)
	}
	b := chromium.Start(t)
	for name, url := range map[string]string{
		"report.png":   "file://" + filepath.Join(dir, "report.html"),
		"terminal.png": file(t, terminalPage(string(text))),
	} {
		p := b.Open(t, url, 1200)
		if err := os.WriteFile(filepath.Join(dir, name), top(t, p.Picture()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// top returns the upper 1350 pixels of a picture, which contain the findings and the first charts.
func top(t *testing.T, picture []byte) []byte {
	t.Helper()
	whole, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	bounds := whole.Bounds()
	bounds.Max.Y = min(bounds.Max.Y, 1350)
	part := image.NewRGBA(bounds)
	draw.Draw(part, bounds, whole, bounds.Min, draw.Src)
	var out bytes.Buffer
	if err := png.Encode(&out, part); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// sgr matches an escape sequence that changes the colours of a terminal.
var sgr = regexp.MustCompile("\x1b\\[([0-9;]*)m")

// terminalPage returns an HTML page on which the text looks as in a terminal.
func terminalPage(text string) string {
	styles := map[string]string{
		"0": "</span>", "1": `<span style="font-weight:bold">`, "1;32": `<span style="font-weight:bold;color:#5fd75f">`,
		"2": `<span style="opacity:.6">`, "31": `<span style="color:#ff6f6f">`, "32": `<span style="color:#5fd75f">`,
		"33": `<span style="color:#e5c07b">`,
	}
	body := sgr.ReplaceAllStringFunc(html.EscapeString(text), func(code string) string {
		return styles[strings.Trim(code, "\x1b[m")]
	})
	return `<!doctype html><meta charset="utf-8"><body style="background:#1c1c22;color:#dcdcdc;margin:24px">` +
		`<pre style="font:13px/1.16 'DejaVu Sans Mono',monospace;white-space:pre-wrap;max-width:120ch">` + body + `</pre>`
}
