package render

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"sweetspot/results/text"
)

// CSV is the format of tables for programs: one row per trial, in the form of RFC 4180 except that lines end with \n. A text
// that a spreadsheet would take for a formula has an apostrophe before it.
const CSV = "csv"

func init() {
	Register(Format{Name: CSV, Doc: "one row per trial, for spreadsheets and scripts", Order: 3, Encode: encodeCSV})
}

func encodeCSV(w io.Writer, d Document) error {
	g := d.Records()
	lines := [][]string{text.Each(g.Names(), inert)}
	for _, line := range g.Lines() {
		lines = append(lines, text.Each(line, inert))
	}
	return csv.NewWriter(w).WriteAll(lines)
}

// formula are the characters with which a spreadsheet lets a formula begin, also in their full width, and those that it skips
// before one. See https://owasp.org/www-community/attacks/CSV_Injection
const formula = "=+-@\t\r\n＝＋－＠"

// inert returns the cell so that a spreadsheet does not evaluate it: texts of servers and programs stand in cells. A number
// stays as it is.
func inert(cell string) string {
	if first, size := utf8.DecodeRuneInString(cell); size == 0 || !strings.ContainsRune(formula, first) || number(cell) {
		return cell
	}
	return "'" + cell
}

// number reports whether the cell is a number in digits. Others, such as -Inf, are words to a spreadsheet.
func number(cell string) bool {
	_, err := strconv.ParseFloat(cell, 64)
	return err == nil && strings.Trim(cell, "0123456789.eE+-") == ""
}
