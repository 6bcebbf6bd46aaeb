package strategies

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Traits are the points in which a strategy's HTTP library departs from what [Target] promises, and cannot be configured to
// keep it. A strategy declares them by a method Traits() Traits; package strategytest then allows for them.
type Traits struct {
	Stateless    bool // keeps neither connections nor cookies from one request to the next
	ShortHeaders bool // rejects a header line of over 8 KB
	SendsLength  bool // sends Content-Length: 0 without a body whatever the method, other than GET and HEAD
	OnePool      bool // has one pool of connections for all hosts, and closes those to one host to connect to another
	LosesEarly   bool // may take an answer that comes before the whole body was sent for a reset
	Retries      bool // repeats a request if a kept connection is closed without a response

	URLName bool // asks a TLS server for the name in the URL, although a Host is given

	Cannot []Setting // the settings that it cannot keep to: its Open refuses a target with one of them

	// Answers has the odd answers whose outcomes have another class than they must, or one of several, by the names that package
	// strategytest gives to its answers. A strategy whose requests another process makes is held to the table of answers only if
	// this is not nil.
	Answers map[string][]Class
}

// Words returns each trait in a few words, for users.
func (t Traits) Words() []string {
	var words []string
	for _, trait := range []struct {
		declared bool
		words    string
	}{
		{t.Stateless, "keeps neither connections nor cookies"},
		{t.ShortHeaders, "rejects a header line of over 8 KB"},
		{t.SendsLength, "sends Content-Length: 0 with a DELETE that has no body"},
		{t.OnePool, "closes connections to one host to connect to another"},
		{t.LosesEarly, "may take an answer that comes before the whole body was sent for a reset"},
		{t.Retries, "repeats a request if a kept connection is closed without a response"},
		{t.URLName, "asks a TLS server for the name in the URL, although a Host is given"},
	} {
		if trait.declared {
			words = append(words, trait.words)
		}
	}
	for _, setting := range t.Cannot {
		words = append(words, "cannot "+setting.String())
	}
	for _, answer := range slices.Sorted(maps.Keys(t.Answers)) {
		var classes []string
		for _, class := range t.Answers[answer] {
			classes = append(classes, class.String())
		}
		words = append(words, fmt.Sprintf("counts the answer %q as %s", answer, strings.Join(classes, " or ")))
	}
	return words
}

// SetsNoLimit reports whether s stands for a program that sets no limit on its requests in flight, by a method SetsNoLimit() bool.
// Whoever runs it passes as the limit as many as the load and the machine allow.
func SetsNoLimit(s Strategy) bool {
	free, ok := s.(interface{ SetsNoLimit() bool })
	return ok && free.SetsNoLimit()
}

// TraitsOf returns the traits that s declares, and the zero Traits if it declares none.
func TraitsOf(s Strategy) Traits {
	if declared, ok := s.(interface{ Traits() Traits }); ok {
		return declared.Traits()
	}
	return Traits{}
}
