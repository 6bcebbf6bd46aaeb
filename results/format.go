package results

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// A Format is a way to write a run.
type Format string

// The formats, as --format takes them.
const (
	Table    Format = "table"    // for a terminal
	Markdown Format = "markdown" // the same for a document
	CSV      Format = "csv"      // one row a trial
	JSON     Format = "json"     // one object with everything but the histograms
)

// formats are the formats in the order in which they are offered. A new one is one more line.
var formats = []struct {
	format Format
	write  func(w io.Writer, run *Run, width int) error
}{
	{Table, func(w io.Writer, run *Run, width int) error { return draw(&terminal{width: width}, w, run) }},
	{Markdown, func(w io.Writer, run *Run, _ int) error { return draw(&markdown{}, w, run) }},
	{CSV, func(w io.Writer, run *Run, _ int) error { return writeCSV(w, run) }},
	{JSON, func(w io.Writer, run *Run, _ int) error { return writeJSON(w, run) }},
}

// Formats returns the names that [ParseFormat] takes.
func Formats() []string {
	var names []string
	for _, f := range formats {
		names = append(names, string(f.format))
	}
	return names
}

// ParseFormat returns the format of that name. Its error names --format and what would do.
func ParseFormat(name string) (Format, error) {
	for _, f := range formats {
		if string(f.format) == name {
			return f.format, nil
		}
	}
	return "", fmt.Errorf("--format %q: want one of %s", name, strings.Join(Formats(), ", "))
}

// Write writes the run to w in the format. Width is that of the terminal in columns, which only [Table] heeds: it leaves
// out what does not fit. Width 0 is unlimited.
func Write(w io.Writer, run *Run, format Format, width int) error {
	for _, f := range formats {
		if f.format != format {
			continue
		}
		var text bytes.Buffer // so that an error leaves no half a table behind
		if err := f.write(&text, run, width); err != nil {
			return fmt.Errorf("write run as %s: %w", format, err)
		}
		_, err := w.Write(text.Bytes())
		return err
	}
	_, err := ParseFormat(string(format))
	return err
}
