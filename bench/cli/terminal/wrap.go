package terminal

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// entry matches the beginning of a line of a list: blanks, and, if the entry has a key, the key and at least two more blanks.
var entry = regexp.MustCompile(`^ +(?:[^ ]+(?: [^ ]+)*  +)?`)

// Wrap returns the text in lines of at most that many columns, unless a single word is longer. The lines of a paragraph are
// joined and wrapped again. A line that begins with a blank is an entry of a list: its continuation is indented below its
// text.
func Wrap(text string, columns int) string {
	var lines, paragraph []string
	flow := func() {
		lines = append(lines, Fill("", paragraph, columns)...)
		paragraph = nil
	}
	for line := range strings.SplitSeq(text, "\n") {
		begin := entry.FindString(line)
		if line != "" && begin == "" {
			paragraph = append(paragraph, strings.Fields(line)...)
			continue
		}
		flow()
		if line == "" {
			lines = append(lines, "")
			continue
		}
		lines = append(lines, Fill(begin, strings.Fields(line[len(begin):]), columns)...)
	}
	flow()
	return strings.Join(lines, "\n")
}

// Fill returns the words in lines of at most that many columns; 0 columns are unlimited. The first line begins with the
// given text, the others with as many blanks. No words make no line.
func Fill(begin string, words []string, columns int) []string {
	if len(words) == 0 {
		return nil
	}
	line, empty := begin, true
	var lines []string
	for _, word := range words {
		if !empty && columns > 0 && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > columns {
			lines = append(lines, line)
			line, empty = strings.Repeat(" ", utf8.RuneCountInString(begin)), true
		}
		if !empty {
			line += " "
		}
		line, empty = line+word, false
	}
	return append(lines, line)
}
