package results

import (
	"fmt"
	"strconv"
	"strings"
)

// notes are the footnotes of a table. The same warning in several rows is one note, also when its figures differ.
type notes struct {
	numbers map[string]int // by shape
	texts   []string
	differ  []bool
}

// number returns the number of the note with that text, which it adds if need be.
func (n *notes) number(text string) int {
	if n.numbers == nil {
		n.numbers = map[string]int{}
	}
	key := shape(text)
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

// noted returns what there is to note about a summary.
func (s Summary) noted() []string {
	texts := Words(s.Warnings)
	if s.Error != "" {
		texts = append(texts, "broke down: "+s.Error)
	}
	if s.FirstError != "" {
		texts = append(texts, "first error: "+s.FirstError)
	}
	return texts
}

// mark returns the mark of a row with those notes: [1,3], or nothing for a row that there is nothing to note about.
func (n *notes) mark(texts []string) string {
	var marks []string
	for _, text := range texts {
		marks = append(marks, strconv.Itoa(n.number(text)))
	}
	if len(marks) == 0 {
		return ""
	}
	return "[" + strings.Join(marks, ",") + "]"
}

// column is the column with the marks of the rows.
func (n *notes) column() column[Summary] {
	return column[Summary]{left: true, cell: func(s Summary) string { return n.mark(s.noted()) }, tone: func(Summary) tone { return caution }}
}

// list returns the notes with their numbers.
func (n *notes) list() []string {
	var list []string
	for i, text := range n.texts {
		if n.differ[i] {
			text += " (the other rows so marked: alike, with figures of their own)"
		}
		list = append(list, fmt.Sprintf("[%d] %s", i+1, text))
	}
	return list
}
