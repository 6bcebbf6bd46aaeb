package render

import (
	"encoding/csv"
	"io"
)

// CSV is the format of tables for programs: one row per trial, in the form of RFC 4180 except that lines end with \n.
const CSV = "csv"

func init() {
	Register(Format{Name: CSV, Doc: "one row per trial, for spreadsheets and scripts", Order: 3, Encode: encodeCSV})
}

func encodeCSV(w io.Writer, d Document) error {
	g := d.Records()
	return csv.NewWriter(w).WriteAll(append([][]string{g.Names()}, g.Lines()...))
}
