package strategies

// Traits are the points in which a strategy's HTTP library departs from what [Target] promises, and cannot be configured to
// keep it. A strategy declares them by a method Traits() Traits; package strategytest then allows for them.
type Traits struct {
	Stateless    bool // keeps neither connections nor cookies from one request to the next
	ShortHeaders bool // rejects a header line of over 8 KB
	SendsLength  bool // sends Content-Length: 0 without a body whatever the method, other than GET and HEAD
	Retries      bool // repeats a request if a kept connection is closed without a response

	// Answers has the odd answers whose outcomes have another class than they must, or one of several, by the names that package
	// strategytest gives to its answers.
	Answers map[string][]Class
}

// TraitsOf returns the traits that s declares, and the zero Traits if it declares none.
func TraitsOf(s Strategy) Traits {
	if declared, ok := s.(interface{ Traits() Traits }); ok {
		return declared.Traits()
	}
	return Traits{}
}
