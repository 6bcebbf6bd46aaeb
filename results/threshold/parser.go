package threshold

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sweetspot/results/text"
)

// longestText is how many bytes a requirement may have. It bounds how deep parentheses nest.
const longestText = 1000

// Parse reads a requirement, of at most 1,000 bytes. Errors name the column and what is allowed there. The unit of a
// number is ns, us, ms, s, m or h.
//
//	requirement = sum ( "<" | "<=" | ">" | ">=" ) sum
//	sum         = product { ( "+" | "-" ) product }
//	product     = factor { ( "*" | "/" ) factor }
//	factor      = "-" factor | "(" sum ")" | number [ "%" | unit ] | metric "(" strategy ")"
func Parse(requirement string) (*Threshold, error) {
	if len(requirement) > longestText {
		return nil, fmt.Errorf("want at most %d characters", longestText)
	}
	p := parser{scanner: scanner{text: requirement}}
	return p.threshold()
}

// parser reads a requirement from left to right, with one method for each rule of the grammar.
type parser struct {
	scanner
	operands []operand
}

func (p *parser) threshold() (*Threshold, error) {
	left, err := p.sum()
	if err != nil {
		return nil, err
	}
	at := p.skip()
	comparison := p.one("<=", "<", ">=", ">")
	if comparison == "" {
		return nil, p.fault(at, "want one of < <= > >= %s", p.found())
	}
	right, err := p.sum()
	if err != nil {
		return nil, err
	}
	switch {
	case p.skip() < len(p.text):
		return nil, p.fault(p.at, "want the end, or one of + - * / %s", p.found())
	case left.time != right.time:
		return nil, p.fault(at, "compares %s with %s: durations need a unit, such as 50ms", kind(left.time), kind(right.time))
	case len(p.operands) == 0:
		return nil, p.fault(0, "asks for no figure: want one such as per_second(pool)")
	}
	return &Threshold{text: p.text, left: left, right: right, comparison: comparison, operands: p.operands}, nil
}

func (p *parser) sum() (term, error) {
	left, err := p.product()
	for err == nil {
		at := p.skip()
		operator := p.one("+", "-")
		if operator == "" {
			break
		}
		var right term
		if right, err = p.product(); err != nil {
			break
		}
		if left.time != right.time {
			return term{}, p.fault(at, "adds %s and %s: durations need a unit, such as 50ms", kind(left.time), kind(right.time))
		}
		left = combined(left, right, left.time, operator)
	}
	return left, err
}

func (p *parser) product() (term, error) {
	left, err := p.factor()
	for err == nil {
		p.skip()
		operator := p.one("*", "/")
		if operator == "" {
			break
		}
		var right term
		if right, err = p.factor(); err != nil {
			break
		}
		time := left.time + right.time
		if operator == "/" {
			time = left.time - right.time
		}
		left = combined(left, right, time, operator)
	}
	return left, err
}

func (p *parser) factor() (term, error) {
	at := p.skip()
	switch {
	case p.one("-") != "":
		negated, err := p.factor()
		value := negated.value
		return term{time: negated.time, value: func(known values) float64 { return -value(known) }}, err
	case p.one("(") != "":
		inner, err := p.sum()
		if err == nil && p.one(")") == "" {
			err = p.fault(p.at, "want ) for the ( in column %d %s", p.column(at), p.found())
		}
		return inner, err
	case p.next(numerals + "."):
		return p.number()
	case p.next(letters):
		return p.metric()
	}
	return term{}, p.fault(at, "want a number or a figure such as per_second(pool) %s", p.found())
}

// units are the units of a number, each with its size and the power of time in its dimension.
var units = map[string]struct {
	size float64
	time int
}{
	"": {1, 0}, "%": {0.01, 0}, "ns": {1e-9, 1}, "us": {1e-6, 1}, "µs": {1e-6, 1}, "ms": {1e-3, 1}, "s": {1, 1}, "m": {60, 1}, "h": {3600, 1},
}

func (p *parser) number() (term, error) {
	from := p.at
	p.all(numerals + ".")
	if e := p.at; p.one("e", "E") != "" { // an exponent, if digits follow
		p.one("-", "+")
		if p.all(numerals) == "" {
			p.at = e
		}
	}
	value, err := strconv.ParseFloat(p.text[from:p.at], 64)
	if err != nil {
		return term{}, p.fault(from, "%q: want a number such as 0.5", p.text[from:p.at])
	}
	at := p.skip()
	unit := p.one("%", "µs")
	if unit == "" {
		unit = p.all(letters + numerals)
	}
	u, known := units[unit]
	if !known {
		return term{}, p.fault(at, "%q is not a unit: want %%, ns, us, ms, s, m or h", unit)
	}
	return term{time: u.time, alone: true, value: func(values) float64 { return value * u.size }}, nil
}

func (p *parser) metric() (term, error) {
	from := p.at
	name := p.all(letters + numerals)
	i := slices.IndexFunc(metrics, func(m metric) bool { return m.name == name })
	if i < 0 {
		return term{}, p.fault(from, "%q is not a figure: want one of %s", name,
			strings.Join(metricNames(), ", "))
	}
	p.skip()
	if p.one("(") == "" {
		return term{}, p.fault(p.at, "want (STRATEGY) after %s %s", name, p.found())
	}
	end := strings.IndexByte(p.text[p.at:], ')')
	if end < 0 {
		return term{}, p.fault(p.at, "want the name of a strategy and )")
	}
	o := operand{&metrics[i], text.Clean(p.text[p.at : p.at+end]), p.column(from)}
	if o.strategy == "" {
		return term{}, p.fault(p.at, "want the name of a strategy, as in %s(pool)", name)
	}
	p.at += end + 1
	p.operands = append(p.operands, o)
	return term{time: o.metric.time, alone: true, value: func(known values) float64 { return known[o.String()] }}, nil
}

// combined returns the term that applies the operator to two terms.
func combined(left, right term, time int, operator string) term {
	return term{time: time, value: func(known values) float64 {
		a, b := left.value(known), right.value(known)
		switch operator {
		case "+":
			return a + b
		case "-":
			return a - b
		case "*":
			return a * b
		}
		return a / b
	}}
}

// kind names the dimension that has this power of time.
func kind(time int) string {
	switch time {
	case 0:
		return "a number"
	case 1:
		return "a duration"
	}
	return fmt.Sprintf("a duration to the power of %d", time)
}
