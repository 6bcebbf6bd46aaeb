package strategies

// Traits are the points in which a strategy's HTTP library departs from what [Target] promises, and cannot be configured to
// keep it. A strategy declares them by a method Traits() Traits; package strategytest then allows for them.
type Traits struct {
	Stateless      bool // keeps neither connections nor cookies from one request to the next
	NormalizesPath bool // resolves dots in a path, and may join the values of a header that is given twice
	LenientParser  bool // accepts a head that breaks off, or reports it as a reset; and accepts a Content-Length that is not a number
	ShortHeaders   bool // rejects a header line of over 8 KB
	Retries        bool // repeats a request if a kept connection is closed without a response

	// Answers has the odd answers whose outcomes may have other classes than they must, with those classes. The keys are the
	// names that package strategytest gives to its answers.
	Answers map[string][]Class
}

// TraitsOf returns the traits that s declares, and the zero Traits if it declares none.
func TraitsOf(s Strategy) Traits {
	if declared, ok := s.(interface{ Traits() Traits }); ok {
		return declared.Traits()
	}
	return Traits{}
}
