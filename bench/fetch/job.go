package fetch

import (
	"fmt"
	"net/http"
	"slices"

	"sweetspot/strategies"
	"sweetspot/strategies/lines"
)

// A Job is one request of a list.
type Job struct {
	URL     string
	Message *strategies.Message // what it sends in place of what the target says; nil for nothing
	Fields  []byte              // further members of a JSON object, as "a":1,"b":2, that come back with the result; empty for none
}

// parseJob reads a line of a list. It does not check the URL.
func parseJob(line []byte) (Job, error) {
	l, err := lines.Parse(line)
	if err != nil {
		return Job{}, err
	}
	for _, name := range l.Names {
		if slices.Contains(ownFields, name) {
			return Job{}, fmt.Errorf("%q: a field of this name is written to the output: want another name", name)
		}
	}
	return Job{l.URL, l.Message, l.Fields}, nil
}

// idempotent reports whether a request with that method may be made twice (RFC 9110, section 9.2.2).
func idempotent(method string) bool {
	return slices.Contains([]string{"", http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete, http.MethodOptions, http.MethodTrace}, method)
}

// hostOf returns the host of a job's URL.
func hostOf(url string) string { return strategies.HostOf(url) }
