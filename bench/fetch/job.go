package fetch

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"golang.org/x/net/http/httpguts"

	"sweetspot/strategies"
)

// A Job is one request of a list.
type Job struct {
	URL     string
	Message *strategies.Message // what it sends in place of what the target says; nil for nothing
	Fields  []byte              // further members of a JSON object, as "a":1,"b":2, that come back with the result; empty for none
}

// message returns the job's message, which is made if there is none.
func (j *Job) message() *strategies.Message {
	if j.Message == nil {
		j.Message = &strategies.Message{}
	}
	return j.Message
}

// parseJob reads a line of a list: a URL, or a JSON object. It does not check the URL.
func parseJob(line []byte) (Job, error) {
	if line[0] != '{' {
		return Job{URL: string(line)}, nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(line, &members); err != nil {
		return Job{}, fmt.Errorf("not a line of JSON: %w", err)
	}
	var job Job
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if err := job.set(name, members[name]); err != nil {
			return Job{}, fmt.Errorf("%q: %w", name, err)
		}
	}
	if job.URL == "" {
		return Job{}, errors.New(`no "url": want one such as {"url":"http://127.0.0.1:8080/"}`)
	}
	return job, nil
}

// set sets what a member of a line of JSON says.
func (j *Job) set(name string, value json.RawMessage) error {
	switch name {
	case "url":
		return text(value, &j.URL)
	case "method":
		m := j.message()
		if err := text(value, &m.Method); err != nil {
			return err
		}
		if request, err := http.NewRequest(m.Method, "/", nil); err != nil || request.Method != m.Method {
			return fmt.Errorf("%q: want a word such as GET or POST", m.Method)
		}
		return nil
	case "headers":
		return j.setHeader(value)
	case "body":
		return j.setBody(value)
	}
	if slices.Contains(ownFields, name) {
		return errors.New("a field of this name is written to the output: want another name")
	}
	if len(j.Fields) > 0 {
		j.Fields = append(j.Fields, ',')
	}
	key, _ := json.Marshal(name)
	j.Fields = append(append(append(j.Fields, key...), ':'), value...)
	return nil
}

func text(value json.RawMessage, to *string) error {
	if value[0] != '"' || json.Unmarshal(value, to) != nil {
		return fmt.Errorf("%.40s: want a text", value)
	}
	return nil
}

var errHeaders = errors.New(`want an object such as {"Accept":"text/html"}`)

func (j *Job) setHeader(value json.RawMessage) error {
	var given map[string]json.RawMessage
	if value[0] != '{' || json.Unmarshal(value, &given) != nil {
		return errHeaders
	}
	m := j.message()
	if m.Header == nil {
		m.Header = http.Header{}
	}
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
			m.Header.Add(name, v)
		}
	}
	return nil
}

// setBody takes a text as it is, and every other value as JSON.
func (j *Job) setBody(value json.RawMessage) error {
	m := j.message()
	if value[0] == '"' {
		var body string
		err := text(value, &body)
		m.Body = []byte(body)
		return err
	}
	m.Body = bytes.Clone(value)
	m.Header = http.Header{} // "headers" comes after "body" in the order of members
	m.Header.Set("Content-Type", "application/json")
	return nil
}

// idempotent reports whether a request with that method may be made twice (RFC 9110, section 9.2.2).
func idempotent(method string) bool {
	return slices.Contains([]string{"", http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete, http.MethodOptions, http.MethodTrace}, method)
}

// hostOf returns the host of a job's URL.
func hostOf(url string) string { return strategies.HostOf(url) }
