package render

import (
	"encoding/json"
	"io"
)

// JSON is the format of one object with everything except histograms. SCHEMA.md documents it.
const JSON = "json"

func init() {
	Register(Format{Name: JSON, Doc: "one object with everything but the histograms", Order: 4, Encode: encodeJSON})
}

func encodeJSON(w io.Writer, d Document) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(d.Value())
}
