package text

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// mostClasses is how many classes of failure a cell names before it only counts the others.
const mostClasses = 3

// Classes writes failures by class, the most frequent first: "timeout 12, status 3". It names at most three classes. It
// returns the empty string if there is no failure.
func Classes(failed map[string]int64) string {
	names := slices.SortedFunc(maps.Keys(failed), func(a, b string) int {
		return cmp.Or(cmp.Compare(failed[b], failed[a]), cmp.Compare(a, b))
	})
	names = slices.DeleteFunc(names, func(name string) bool { return failed[name] == 0 })
	var parts []string
	for _, name := range names[:min(len(names), mostClasses)] {
		parts = append(parts, name+" "+Count(failed[name]))
	}
	if others := len(names) - mostClasses; others > 0 {
		parts = append(parts, fmt.Sprintf("+%d more", others))
	}
	return strings.Join(parts, ", ")
}

// Each returns the results of calling change with each item of the list, in the same order.
func Each[T, U any](list []T, change func(T) U) []U {
	changed := make([]U, len(list))
	for i, x := range list {
		changed[i] = change(x)
	}
	return changed
}

// Prefixed returns the texts with a prefix before each.
func Prefixed(prefix string, texts []string) []string {
	return Each(texts, func(text string) string { return prefix + text })
}

// Capital returns the words with a capital at their start.
func Capital(words string) string {
	first, size := utf8.DecodeRuneInString(words)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + words[size:]
}
