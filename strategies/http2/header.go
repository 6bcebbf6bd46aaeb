package http2

import (
	"iter"
	"strings"

	"golang.org/x/net/http2/hpack"
)

// A Header is the header of a response, in the order in which it was received and without :status.
type Header []hpack.HeaderField

// Get returns the value of the first field of that name, in any case; it is empty if there is none.
func (h Header) Get(name string) string {
	for _, field := range h {
		if strings.EqualFold(field.Name, name) {
			return field.Value
		}
	}
	return ""
}

// All returns the names and values of all fields.
func (h Header) All() iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for _, field := range h {
			if !yield(field.Name, field.Value) {
				return
			}
		}
	}
}
