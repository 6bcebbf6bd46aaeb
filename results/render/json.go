package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode"
)

// JSON is the format of one object with everything except histograms. SCHEMA.md documents it.
const JSON = "json"

func init() {
	Register(Format{Name: JSON, Doc: "one object with everything but the histograms", Order: 4, Encode: encodeJSON})
}

func encodeJSON(w io.Writer, d Document) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(d.Value()); err != nil {
		return err
	}
	_, err := w.Write(escaped(text.Bytes()))
	return err
}

// escaped returns the JSON with those characters escaped that a terminal may obey and package json leaves as they are, such as
// U+009B, which begins an escape sequence. They stand within strings only, so that the meaning is the same.
func escaped(words []byte) []byte {
	if bytes.IndexFunc(words, hidden) < 0 {
		return words
	}
	var safe []byte
	for _, r := range string(words) {
		switch {
		case !hidden(r):
			safe = append(safe, string(r)...)
		case r > 0xFFFF:
			r -= 0x10000
			safe = fmt.Appendf(safe, `\u%04x\u%04x`, 0xD800+r>>10, 0xDC00+r&0x3FF)
		default:
			safe = fmt.Appendf(safe, `\u%04x`, r)
		}
	}
	return safe
}

// hidden reports whether the character controls something instead of being shown.
func hidden(r rune) bool { return r != '\n' && unicode.Is(unicode.C, r) }
