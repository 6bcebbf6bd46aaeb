// Package render writes runs and comparisons in every format: tables for a terminal and for Markdown, CSV, JSON, and lines of
// Go benchmarks.
//
// What is written is a [Document]: that of a run, see [Run], or a comparison from package compare. A [Format] for people draws the
// blocks of a document on a [Page]; one for programs encodes the document's records, value or runs. Each format is one file
// that registers itself with [Register].
package render

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"sweetspot/results"
)

// A Drawing can be drawn for people.
type Drawing interface {
	// Draw draws the blocks on the page, in order.
	Draw(p Page) error
}

// A Document can be written in every format: a run, see [Run], or a comparison of two runs.
type Document interface {
	Drawing
	// Records returns a table for programs: exact figures, durations in seconds, one row per trial or per comparison.
	Records() Grid
	// Value returns everything except histograms, as a value for encoding/json. None of its lists and maps is nil.
	Value() any
	// Runs returns the runs that the document is about.
	Runs() []NamedRun
}

// A NamedRun is a run of a document. The name tells it from the others; it is empty if there is only one.
type NamedRun struct {
	Name string
	Run  *results.Run
}

// A Screen describes the terminal that a table is drawn for. The zero value is for a file or a pipe.
type Screen struct {
	Columns int  // the width in characters: what does not fit is left out; 0 is unlimited
	Colour  bool // whether to show styles by colour
}

// A Format is a way to write documents. Either Page or Encode is set.
type Format struct {
	Name  string
	Doc   string // what it is for, in a few words
	Order int    // where the format stands in lists, ascending

	Page   func(Screen) Page                   // for people: starts an empty page
	Encode func(w io.Writer, d Document) error // for programs
}

// formats are the registered formats by name. They are written while packages are initialised only.
var formats = map[string]Format{}

// Register makes a format available under its name, for [Write] and [Formats]. Call it from init functions only. It panics
// if the name is taken.
func Register(f Format) {
	if _, taken := formats[f.Name]; taken {
		panic("render: format " + f.Name + " is registered twice")
	}
	formats[f.Name] = f
}

// Formats returns the registered formats in their order.
func Formats() []Format {
	var all []Format
	for _, f := range formats {
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b Format) int { return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.Name, b.Name)) })
	return all
}

// Names returns the names of formats.
func Names(all []Format) []string {
	var names []string
	for _, f := range all {
		names = append(names, f.Name)
	}
	return names
}

// ParseFormat returns the format of that name. The error lists the names of all formats.
func ParseFormat(name string) (Format, error) { return oneOf(Formats(), name) }

// oneOf returns the format of that name.
func oneOf(all []Format, name string) (Format, error) {
	for _, f := range all {
		if f.Name == name {
			return f, nil
		}
	}
	return Format{}, fmt.Errorf("%q: want one of %s", name, strings.Join(Names(all), ", "))
}

// Write writes the document to w in the format of that name. Only a format for people uses the screen. Nothing is written
// if there is an error other than w's.
func Write(w io.Writer, d Document, format string, screen Screen) error {
	f, err := ParseFormat(format)
	if err != nil {
		return err
	}
	if f.Page != nil {
		return f.draw(w, d, screen)
	}
	var encoded bytes.Buffer
	if err := f.Encode(&encoded, d); err != nil {
		return fmt.Errorf("write as %s: %w", format, err)
	}
	_, err = w.Write(encoded.Bytes())
	return err
}

// Draw writes the drawing to w in the format of that name, which must be one for people. Nothing is written if there is an
// error other than w's.
func Draw(w io.Writer, d Drawing, format string, screen Screen) error {
	f, err := oneOf(slices.DeleteFunc(Formats(), func(f Format) bool { return f.Page == nil }), format)
	if err != nil {
		return err
	}
	return f.draw(w, d, screen)
}

// draw draws on a page and writes the page to w.
func (f Format) draw(w io.Writer, d Drawing, screen Screen) error {
	p := f.Page(screen)
	if err := d.Draw(p); err != nil {
		return fmt.Errorf("write as %s: %w", f.Name, err)
	}
	var drawn bytes.Buffer
	if _, err := p.WriteTo(&drawn); err != nil {
		return err
	}
	_, err := w.Write(drawn.Bytes())
	return err
}
