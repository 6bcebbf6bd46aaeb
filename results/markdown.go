package results

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// markdown is a page of GitHub's flavour of Markdown.
type markdown struct{ bytes.Buffer }

// special are the characters that mean something in the middle of a text.
var special = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "|", `\|`,
	"&", "&amp;", "<", "&lt;", ">", "&gt;")

// escape makes text read as it is written.
func escape(text string) string { return special.Replace(clean(text)) }

func (m *markdown) columns() int { return usual }

func (m *markdown) heading(level int, text string) {
	m.block(strings.Repeat("#", level+1) + " " + escape(text))
}

func (m *markdown) paragraph(text string) {
	if text != "" {
		m.block(escape(text))
	}
}

func (m *markdown) toned(_ tone, text string) { m.paragraph(text) }

func (m *markdown) list(items []string) {
	if len(items) > 0 {
		m.block("- " + strings.Join(each(items, escape), "\n- "))
	}
}

func (m *markdown) findings(found []finding) {
	var items []string
	for _, f := range found {
		text := escape(f.text)
		if f.verdict != "" {
			text = "**" + escape(f.verdict) + ".** " + text
		}
		items = append(items, text)
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
func (m *markdown) block(text string) {
	if m.Len() > 0 {
		m.WriteByte('\n')
	}
	m.WriteString(text)
	m.WriteByte('\n')
}
