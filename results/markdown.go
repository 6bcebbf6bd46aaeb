package results

import (
	"bytes"
	"fmt"
	"strings"
	"sweetspot/results/text"

	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// markdown is a page of GitHub's flavour of Markdown.
type markdown struct{ bytes.Buffer }

// special are the characters that mean something in the middle of a text.
var special = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "|", `\|`,
	"&", "&amp;", "<", "&lt;", ">", "&gt;")

// escape makes text read as it is written.
func escape(words string) string { return special.Replace(text.Clean(words)) }

func (m *markdown) columns() int { return usual }

func (m *markdown) heading(level int, words string) {
	m.block(strings.Repeat("#", level+1) + " " + escape(words))
}

func (m *markdown) paragraph(words string) {
	if words != "" {
		m.block(escape(words))
	}
}

func (m *markdown) toned(_ tone, words string) { m.paragraph(words) }

func (m *markdown) list(items []string) {
	if len(items) > 0 {
		m.block("- " + strings.Join(text.Each(items, escape), "\n- "))
	}
}

func (m *markdown) findings(found []finding) {
	var items []string
	for _, f := range found {
		words := escape(f.text)
		if f.verdict != "" {
			words = "**" + escape(f.verdict) + ".** " + words
		}
		items = append(items, words)
	}
	if len(items) > 0 {
		m.block("- " + strings.Join(items, "\n- "))
	}
}

func (m *markdown) picture(strokes []stroke) {
	if len(strokes) == 0 {
		return
	}
	var lines []string
	for _, s := range strokes {
		lines = append(lines, s.text)
	}
	m.block(fmt.Sprintf("```text\n%s\n```", strings.Join(lines, "\n")))
}

func (m *markdown) table(g grid) error {
	g = g.mapped(escape).told()
	var drawn bytes.Buffer
	if err := drawGrid(&drawn, g, renderer.NewMarkdown(), tw.PaddingDefault); err != nil {
		return err
	}
	m.block(strings.TrimRight(drawn.String(), "\n"))
	return nil
}

// block writes text, with a blank line before it unless it is the first.
func (m *markdown) block(words string) {
	if m.Len() > 0 {
		m.WriteByte('\n')
	}
	m.WriteString(words)
	m.WriteByte('\n')
}
