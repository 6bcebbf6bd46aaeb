package fetch

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"mime"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"sweetspot/strategies"
	"sweetspot/strategies/redirect"
)

// kept is what is kept of an answer until it is known whether it is the result of its job.
type kept struct {
	status   int
	wait     time.Duration // of Retry-After; negative if there is none
	members  []byte        // of the output line, about the answer: each begins with a comma
	record   []byte        // for the WARC file
	raw      []byte        // the body, of a robots.txt
	location string        // the same

	step *redirect.Step // to which a redirect leads; nil if the answer is the last
}

// keep returns what is kept of the answer to a task. An error is one of writing the body, or of a redirect that leads nowhere.
func (f *fetch) keep(t *task, a strategies.Answer) (*kept, error) {
	k := &kept{status: a.Status, wait: -1}
	if a.Status >= 400 {
		k.wait = retryAfter(a.Header.Get("Retry-After"), time.Now())
	}
	if t.index < 0 {
		k.raw, k.location = bytes.Clone(a.Body[:min(len(a.Body), mostRobots)]), a.Header.Get("Location")
		return k, nil
	}
	var err error
	if f.follows(t, a.Status) {
		var step *redirect.Step
		if step, err = f.next(t, a); err == nil {
			k.step = step
			return k, nil
		}
	}
	kind := a.Header.Get("Content-Type")
	if kind != "" {
		k.members = appendText(k.members, "type", kind)
	}
	k.members = f.appendHeaders(k.members, a.Header)
	astray := err
	if f.store.bodies != "" {
		k.members, err = f.store.keepBody(k.members, t, kind, a.Body)
	} else if len(a.Body) > 0 {
		k.members = appendBody(k.members, isJSON(kind) || f.settings.Target.JSON, a.Body)
	}
	if err == nil && f.store.warc != nil {
		k.record, err = f.store.warc.record(t.job.URL, a)
	}
	return k, cmp.Or(err, astray)
}

// appendHeaders appends the headers that the output has, if the answer has any of them.
func (f *fetch) appendHeaders(to []byte, header strategies.Header) []byte {
	if len(f.settings.Headers) == 0 {
		return to
	}
	found := map[string]string{}
	for name, value := range header.All() {
		for _, wanted := range f.settings.Headers {
			if !strings.EqualFold(name, wanted) {
				continue
			}
			if before, has := found[wanted]; has {
				value = before + ", " + value
			}
			found[wanted] = value
		}
	}
	if len(found) == 0 {
		return to
	}
	return appendMember(to, "headers", found)
}

// appendMember appends a member of an object. Its value has no form that JSON cannot write.
func appendMember(to []byte, name string, value any) []byte {
	text, _ := json.Marshal(value)
	return append(append(append(append(to, `,"`...), name...), `":`...), text...)
}

// appendText appends a member of an object that is a text.
func appendText(to []byte, name, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			return appendMember(to, name, text) // which escapes them
		}
	}
	to = append(append(append(append(to, `,"`...), name...), `":"`...), text...)
	return append(to, '"')
}

// appendBody appends a body: JSON as it is, other text as text, and everything else in base64.
func appendBody(to []byte, asJSON bool, body []byte) []byte {
	if !utf8.Valid(body) {
		return append(base64.StdEncoding.AppendEncode(append(to, `,"base64":"`...), body), '"')
	}
	if asJSON {
		compact := bytes.NewBuffer(append(to, `,"json":`...))
		before := compact.Len()
		if err := json.Compact(compact, body); err == nil && compact.Len() > before {
			return compact.Bytes()
		}
	}
	return appendText(to, "text", string(body))
}

// isJSON reports whether a Content-Type is that of JSON.
func isJSON(kind string) bool {
	if kind == "application/json" {
		return true
	}
	media, _, err := mime.ParseMediaType(kind)
	return err == nil && (media == "application/json" || media == "text/json" || strings.HasSuffix(media, "+json"))
}

// ownFields are the names of the members of an output line that are not from the list.
var ownFields = []string{
	"index", "url", "final_url", "final", "status", "attempts", "seconds", "bytes", "type", "headers", "json", "text", "base64", "file", "warc", "error",
}

// line returns the output line of a task with its result, without the end of the object, so that more can be added.
func (t *task) line(r result, bytes int64, seconds float64) []byte {
	size := 160
	if t.answer != nil {
		size += len(t.answer.members)
	}
	b := make([]byte, 0, size)
	b = strconv.AppendInt(append(b, `{"index":`...), t.index, 10)
	b = appendText(b, "url", cmp.Or(t.listed, t.job.URL))
	if final := t.finalURL(); final != "" {
		b = appendText(b, "final_url", final)
	}
	b = append(b, `,"final":true`...)
	if r.status != 0 {
		b = strconv.AppendInt(append(b, `,"status":`...), int64(r.status), 10)
	}
	b = strconv.AppendInt(append(b, `,"attempts":`...), int64(t.attempts), 10)
	b = strconv.AppendFloat(append(b, `,"seconds":`...), seconds, 'f', 6, 64)
	b = strconv.AppendInt(append(b, `,"bytes":`...), bytes, 10)
	if t.answer != nil && (r.failure == nil || r.status != 0) {
		b = append(b, t.answer.members...)
	}
	if len(t.job.Fields) > 0 {
		b = append(append(b, ','), t.job.Fields...)
	}
	if r.failure != nil {
		b = appendMember(b, "error", r.failure)
	}
	return b
}
