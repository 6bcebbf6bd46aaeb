package cli

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// fitHelp makes the help of a command, and of those below it, fit a terminal of so many columns; 0 leaves it as it is.
func fitHelp(cmd *cobra.Command, columns int) {
	if columns == 0 {
		return
	}
	if !cmd.HasParent() {
		cmd.SetUsageTemplate(strings.ReplaceAll(cmd.UsageTemplate(), "FlagUsages", fmt.Sprintf("FlagUsagesWrapped %d", columns)))
	}
	cmd.Long = folded(cmd.Long, columns)
	for _, below := range cmd.Commands() {
		fitHelp(below, columns)
	}
}

// entry is how a line of a list begins: with blanks, and often a key and two blanks at least.
var entry = regexp.MustCompile(`^ +(?:[^ ]+(?: [^ ]+)*  +)?`)

// folded returns the text in lines of so many columns at most, as far as its words are not longer. Paragraphs are filled
// anew; lines that begin with a blank are of lists, and go on below where they begin.
func folded(text string, columns int) string {
	var lines, paragraph []string
	flow := func() {
		lines = append(lines, filled("", paragraph, columns)...)
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
		lines = append(lines, filled(begin, strings.Fields(line[len(begin):]), columns)...)
	}
	flow()
	return strings.Join(lines, "\n")
}

// filled returns the words in lines of so many columns, the first of which begins with a text and the others with as many
// blanks as it is long. No words make no line; 0 columns are unlimited.
func filled(begin string, words []string, columns int) []string {
	if len(words) == 0 {
		return nil
	}
	line, empty := begin, true
	var lines []string
	for _, word := range words {
		if !empty && columns > 0 && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > columns {
			lines = append(lines, line)
			line, empty = strings.Repeat(" ", len(begin)), true
		}
		if !empty {
			line += " "
		}
		line, empty = line+word, false
	}
	return append(lines, line)
}
