// Package expect decides by expressions which responses are as expected. The language is that of github.com/expr-lang/expr:
//
//	status == 200 && json.items[0].id > 0
//	status in [200, 404] and bytes < 100_000
//	header("Content-Type") startsWith "text/" and body contains "ready"
//
// An expression is true or false of a whole response, whose parts have these names:
//
//	status          the HTTP status
//	bytes           the size of the body as it was sent
//	body            the body as text, after gzip
//	json            the body, decoded when it is asked for; objects are maps, numbers are float64
//	header("name")  the first value of a header, whatever the name's case; "" without one
//
// [Compile] makes a [strategies.Expectation] of expressions, for the target of a session.
package expect

import (
	"encoding/json"
	"errors"
	"fmt"
	"runtime"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"

	"sweetspot/strategies"
)

// Compile returns the expectation that a response meets all of the expressions, and nil if there are none. Its errors are joined:
// one line for each expression that is wrong, with the place in it.
func Compile(texts []string) (*strategies.Expectation, error) {
	if len(texts) == 0 {
		return nil, nil
	}
	e := &strategies.Expectation{Texts: texts}
	var all []expression
	var errs []error
	for _, text := range texts {
		one, err := compile(text, e)
		if err != nil {
			errs = append(errs, err)
		}
		all = append(all, one)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	e.Check = func(a strategies.Answer) error {
		seen := &response{answer: a}
		for i := range all {
			if err := all[i].check(seen); err != nil {
				return err
			}
		}
		return nil
	}
	return e, nil
}

// An expression is one that was compiled.
type expression struct {
	program *vm.Program
	unmet   error // of a response that does not meet it
}

// decode is the name by which a program calls response.decode. No expression can have it.
const decode = "decode json"

// environment is what the names in an expression stand for.
func environment(r *response) map[string]any {
	return map[string]any{
		"status": r.answer.Status, "bytes": r.answer.Bytes, "body": string(r.answer.Body), "json": any(nil), "header": r.header, decode: r.decode,
	}
}

// compile compiles an expression, and adds to e what it looks at.
func compile(text string, e *strategies.Expectation) (expression, error) {
	looks := &names{of: e}
	program, err := expr.Compile(text, expr.Env(environment(&response{})), expr.AsBool(), expr.Patch(looks))
	if err == nil && looks.whole {
		err = errors.New("$env: want one of status, bytes, body, json and header(\"name\")")
	}
	if err != nil {
		return expression{}, fmt.Errorf("%q: %w", text, placed(err))
	}
	return expression{program, fmt.Errorf("%w: %s", strategies.ErrUnexpected, text)}, nil
}

// message returns the text of an error of the language, without its excerpt of the expression.
func message(err error) string {
	var at *file.Error
	if errors.As(err, &at) {
		return at.Message
	}
	return err.Error()
}

// placed returns an error of the compiler as one line, with its place.
func placed(err error) error {
	var at *file.Error
	if !errors.As(err, &at) { // about the expression as a whole
		return fmt.Errorf("column 1: %w", err)
	}
	if at.Line > 1 {
		return fmt.Errorf("line %d, column %d: %s", at.Line, at.Column+1, at.Message)
	}
	return fmt.Errorf("column %d: %s", at.Column+1, at.Message)
}

// names notes which parts of a response an expression looks at. It makes json a call, so that a body is decoded only when it is
// needed.
type names struct {
	of    *strategies.Expectation
	whole bool // it names all parts at once
}

// Visit implements [ast.Visitor].
func (n *names) Visit(node *ast.Node) {
	name, is := (*node).(*ast.IdentifierNode)
	if !is {
		return
	}
	switch name.Value {
	case "status":
		n.of.Status = true
	case "body":
		n.of.Body = true
	case "json":
		n.of.Body = true
		ast.Patch(node, &ast.CallNode{Callee: &ast.IdentifierNode{Value: decode}})
	case "header":
		n.of.Header = true
	case "$env":
		n.whole = true
	}
}

// check returns an error unless the response meets the expression.
func (e *expression) check(r *response) error {
	result, err := expr.Run(e.program, environment(r))
	if met, isBool := result.(bool); err == nil && isBool && met {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w: %s", e.unmet, message(err))
	}
	return fmt.Errorf("%w (HTTP status %d)", e.unmet, r.answer.Status)
}

// A response is an answer with what was decoded of it.
type response struct {
	answer  strategies.Answer
	decoded bool
	value   any
	err     error
}

// header returns the first value of a header.
func (r *response) header(name string) string {
	if r.answer.Header == nil {
		return ""
	}
	return r.answer.Header.Get(name)
}

// The sizes of bodies, in bytes, above which few are decoded at a time: values take up to thirty times the size of their text.
const (
	large = 64 << 10 // above it, as many as there are processors
	huge  = 1 << 20  // above it, one
)

var (
	largeOnes = make(chan struct{}, runtime.GOMAXPROCS(0))
	hugeOnes  = make(chan struct{}, 1)
)

// placesFor returns the places of which decoding a body of that size takes one; nil if it takes none.
func placesFor(size int) chan struct{} {
	switch {
	case size > huge:
		return hugeOnes
	case size > large:
		return largeOnes
	}
	return nil
}

// decode returns the value of the body. It decodes the body once, however many expressions ask for it.
func (r *response) decode() (any, error) {
	if r.decoded {
		return r.value, r.err
	}
	r.decoded = true
	if places := placesFor(len(r.answer.Body)); places != nil {
		places <- struct{}{}
		defer func() { <-places }()
	}
	if r.err = json.Unmarshal(r.answer.Body, &r.value); r.err != nil {
		r.err = fmt.Errorf("decode json: %w", r.err)
	}
	return r.value, r.err
}
