package render

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"sweetspot/results/text"
)

// Markdown is the format for documents in the flavour of GitHub.
const Markdown = "markdown"

func init() {
	Register(Format{Name: Markdown, Doc: "for a document", Order: 2, Page: func(Screen) Page { return &markdown{} }})
}

// markdown is a page of GitHub's flavour of Markdown.
type markdown struct{ bytes.Buffer }

// special replaces the characters that have a meaning within a text.
var special = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "|", `\|`,
	"&", "&amp;", "<", "&lt;", ">", "&gt;")

// escape makes a text appear as it is.
func escape(words string) string { return special.Replace(text.Clean(words)) }

func (m *markdown) Columns() int { return usualWidth }

func (m *markdown) Heading(level int, words string) {
	m.block(strings.Repeat("#", level+1) + " " + escape(words))
}

func (m *markdown) Paragraph(_ Style, words string) {
	if words != "" {
		m.block(escape(words))
	}
}

func (m *markdown) List(items []string) {
	if len(items) > 0 {
		m.block("- " + strings.Join(text.Each(items, escape), "\n- "))
	}
}

func (m *markdown) Findings(found []Finding) {
	var items []string
	for _, f := range found {
		words := escape(f.Text)
		if f.Verdict != "" {
			words = "**" + escape(f.Verdict) + ".** " + words
		}
		items = append(items, words)
	}
	if len(items) > 0 {
		m.block("- " + strings.Join(items, "\n- "))
	}
}

func (m *markdown) Picture(picture []Line) {
	if len(picture) == 0 {
		return
	}
	var lines []string
	for _, s := range picture {
		lines = append(lines, s.Text)
	}
	m.block(fmt.Sprintf("```text\n%s\n```", strings.Join(lines, "\n")))
}

func (m *markdown) Table(g Grid) error {
	g = g.mapped(escape).withoutBlank()
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
