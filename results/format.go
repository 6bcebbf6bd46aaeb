package results

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// A Format is a way to write a run or a comparison.
type Format string

// The formats, as --format takes them.
const (
	Table    Format = "table"    // for a terminal
	Markdown Format = "markdown" // the same for a document
	CSV      Format = "csv"      // one row a trial
	JSON     Format = "json"     // one object with everything but the histograms
	Benchfmt Format = "benchfmt" // lines of Go benchmarks, which benchstat reads: one a trial
)

// A Document is what can be written in every format: a [Run], or a [Comparison] of two.
type Document interface {
	view(p page) error
	csv(w io.Writer) error
	json(w io.Writer) error
	benchfmt(w io.Writer) error
}

// formats are the formats in the order in which they are offered. A new one is one more line.
var formats = []struct {
	format Format
	write  func(w io.Writer, d Document, screen Screen) error
}{
	{Table, func(w io.Writer, d Document, screen Screen) error {
		return draw(&terminal{width: screen.Columns, colour: screen.Colour}, w, d)
	}},
	{Markdown, func(w io.Writer, d Document, _ Screen) error { return draw(&markdown{}, w, d) }},
	{CSV, func(w io.Writer, d Document, _ Screen) error { return d.csv(w) }},
	{JSON, func(w io.Writer, d Document, _ Screen) error { return d.json(w) }},
	{Benchfmt, func(w io.Writer, d Document, _ Screen) error { return d.benchfmt(w) }},
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

// A Screen is what a table is drawn for. What is no terminal is the zero Screen.
type Screen struct {
	Columns int  // what does not fit is left out; 0 is unlimited
	Colour  bool // whether it is one that shows colours
}

// Write writes the document to w in the format. Only [Table] heeds the screen.
func Write(w io.Writer, d Document, format Format, screen Screen) error {
	for _, f := range formats {
		if f.format != format {
			continue
		}
		var text bytes.Buffer // so that an error leaves no half a table behind
		if err := f.write(&text, d, screen); err != nil {
			return fmt.Errorf("write as %s: %w", format, err)
		}
		_, err := w.Write(text.Bytes())
		return err
	}
	_, err := ParseFormat(string(format))
	return err
}
