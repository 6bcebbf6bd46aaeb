// Package lines reads requests from lists with one a line: a URL, a JSON object with a URL and what its request sends, or a command
// of curl, as browsers copy it.
package lines

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"

	"sweetspot/strategies"
)

// A Line is one request of a list.
type Line struct {
	URL     string
	Message *strategies.Message // what it sends in place of what the target says; nil for nothing
	Names   []string            // of the members of a JSON object that have no meaning here
	Fields  []byte              // these members, as "a":1,"b":2
}

// Parse reads a line, which is neither blank nor a comment and has no blanks around it. It does not check the URL: see
// [strategies.CheckURL]. The error says what would be right.
func Parse(line []byte) (Line, error) {
	switch {
	case line[0] == '{':
		return parseObject(line)
	case IsCommand(line):
		return parseCommand(string(line))
	}
	return Line{URL: string(line)}, nil
}

// Skipped reports whether a line without blanks around it is no request: it is blank, or a comment.
func Skipped(line []byte) bool { return len(line) == 0 || line[0] == '#' }

// IsCommand reports whether a line is a command of curl.
func IsCommand(line []byte) bool {
	return bytes.HasPrefix(line, []byte("curl ")) || bytes.HasPrefix(line, []byte("curl\t"))
}

// GoesOn reports whether a line without blanks around it is a command that goes on in the next line: it ends with a backslash.
func GoesOn(line []byte) bool { return IsCommand(line) && bytes.HasSuffix(line, []byte(`\`)) }

// Join returns the command that begins with a line that goes on, and ends or goes on with the next, without blanks around it.
func Join(line, next []byte) []byte {
	return append(append(bytes.Clone(line[:len(line)-1]), ' '), next...)
}

// message returns the line's message, which is made if there is none.
func (l *Line) message() *strategies.Message {
	if l.Message == nil {
		l.Message = &strategies.Message{}
	}
	return l.Message
}

// add adds a header.
func (l *Line) add(name, value string) {
	m := l.message()
	if m.Header == nil {
		m.Header = http.Header{}
	}
	m.Header.Add(name, value)
}

// parseObject reads a JSON object.
func parseObject(line []byte) (Line, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(line, &members); err != nil {
		return Line{}, fmt.Errorf("not a line of JSON: %w", err)
	}
	var l Line
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if err := l.set(name, members[name]); err != nil {
			return Line{}, fmt.Errorf("%q: %w", name, err)
		}
	}
	if l.URL == "" {
		return Line{}, errors.New(`no "url": want one such as {"url":"http://127.0.0.1:8080/"}`)
	}
	return l, nil
}

// set sets what a member of an object says.
func (l *Line) set(name string, value json.RawMessage) error {
	switch name {
	case "url":
		return text(value, &l.URL)
	case "method":
		m := l.message()
		if err := text(value, &m.Method); err != nil {
			return err
		}
		return checkMethod(m.Method)
	case "headers":
		return l.setHeader(value)
	case "body":
		return l.setBody(value)
	}
	if len(l.Fields) > 0 {
		l.Fields = append(l.Fields, ',')
	}
	key, _ := json.Marshal(name)
	l.Names = append(l.Names, name)
	l.Fields = append(append(append(l.Fields, key...), ':'), value...)
	return nil
}

func checkMethod(method string) error {
	if request, err := http.NewRequest(method, "/", nil); err != nil || request.Method != method {
		return fmt.Errorf("%q: want a word such as GET or POST", method)
	}
	return nil
}

func text(value json.RawMessage, to *string) error {
	if value[0] != '"' || json.Unmarshal(value, to) != nil {
		return fmt.Errorf("%.40s: want a text", value)
	}
	return nil
}

var errHeaders = errors.New(`want an object such as {"Accept":"text/html"}`)

func (l *Line) setHeader(value json.RawMessage) error {
	var given map[string]json.RawMessage
	if value[0] != '{' || json.Unmarshal(value, &given) != nil {
		return errHeaders
	}
	m := l.message()
	for name, one := range given {
		m.Header.Del(name) // the type of a body of JSON, which comes before
		var several []string
		if one[0] != '[' {
			several = []string{""}
			if text(one, &several[0]) != nil {
				return errHeaders
			}
		} else if json.Unmarshal(one, &several) != nil {
			return errHeaders
		}
		for _, v := range several {
			if !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(v) {
				return fmt.Errorf("%q: %w", name, errHeaders)
			}
			l.add(name, v)
		}
	}
	return nil
}

// setBody takes a text as it is, and every other value as JSON.
func (l *Line) setBody(value json.RawMessage) error {
	m := l.message()
	if value[0] == '"' {
		var body string
		err := text(value, &body)
		m.Body = []byte(body)
		return err
	}
	m.Body = bytes.Clone(value)
	l.add("Content-Type", "application/json") // "headers" comes after "body" in the order of members
	return nil
}

// addLine adds a header as curl takes it: "Name: value", "Name;" for one without a value, and "Name:" for none.
func (l *Line) addLine(line string) error {
	name, value, found := strings.Cut(line, ":")
	if value = strings.TrimSpace(value); found && value == "" {
		return nil
	}
	if !found {
		name = strings.TrimSuffix(line, ";")
	}
	if !found && name == line || !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value) {
		return errors.New("a header of -H: want one such as 'Accept: text/html'")
	}
	l.add(name, value)
	return nil
}
