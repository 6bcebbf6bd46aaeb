package http1

import (
	"iter"
	"strings"
)

// A Header is the head of a valid response, with its status line, as it was received.
type Header []byte

// Get returns the value of the first field of that name, in any case; it is empty if there is none.
func (h Header) Get(name string) string {
	want := strings.ToLower(name)
	for field, value := range h.each {
		if equalFold(field, want) {
			return string(value)
		}
	}
	return ""
}

// All returns the names and values of all fields, in their order.
func (h Header) All() iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for name, value := range h.each {
			if !yield(string(name), string(value)) {
				return
			}
		}
	}
}

// each calls yield with every field until that returns false.
func (h Header) each(yield func(name, value []byte) bool) {
	_, rest := cut(h)
	for fields := newFields(rest); ; {
		name, value, more, err := fields.next()
		if err != nil || !more || !yield(name, value) { // the parser has refused a head with an error
			return
		}
	}
}
