package render

import (
	"fmt"
	"strconv"
	"strings"

	"sweetspot/results"
)

// Notes are the footnotes of a table: warnings and first errors. The same warning in several rows is one note, even if its
// numbers differ. The zero value is ready for use.
type Notes struct {
	numbers map[string]int // of the notes, by [results.Shape]
	texts   []string
	differ  []bool
}

// number returns the number of the note with a text. It adds the note if there is none.
func (n *Notes) number(text string) int {
	if n.numbers == nil {
		n.numbers = map[string]int{}
	}
	key := results.Shape(text)
	if n.numbers[key] == 0 {
		n.texts, n.differ = append(n.texts, text), append(n.differ, false)
		n.numbers[key] = len(n.texts)
	}
	number := n.numbers[key]
	if n.texts[number-1] != text {
		n.differ[number-1] = true
	}
	return number
}

// Remarks returns the notes about a summary: its warnings, why it broke down, and its first error.
func Remarks(s results.Summary) []string {
	texts := results.Words(s.Warnings)
	if s.Error != "" {
		texts = append(texts, "broke down: "+s.Error)
	}
	if s.FirstError != "" {
		texts = append(texts, "first error: "+s.FirstError)
	}
	return texts
}

// Mark adds the texts as notes and returns the mark of their row, such as [1,3]. It returns the empty string if there is no text.
func (n *Notes) Mark(texts []string) string {
	var marks []string
	for _, text := range texts {
		marks = append(marks, strconv.Itoa(n.number(text)))
	}
	if len(marks) == 0 {
		return ""
	}
	return "[" + strings.Join(marks, ",") + "]"
}

// column is the column with the marks.
func (n *Notes) column() Field[results.Summary] {
	return Field[results.Summary]{Left: true, Cell: func(s results.Summary) string { return n.Mark(Remarks(s)) }, Style: func(results.Summary) Style { return Caution }}
}

// List returns the notes with their numbers.
func (n *Notes) List() []string {
	var list []string
	for i, text := range n.texts {
		if n.differ[i] {
			text += " (other rows with this mark: the same with other numbers)"
		}
		list = append(list, fmt.Sprintf("[%d] %s", i+1, text))
	}
	return list
}
