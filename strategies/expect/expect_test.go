package expect_test

import (
	"errors"
	"iter"
	"net/http"
	"strings"
	"testing"

	"sweetspot/strategies"
	"sweetspot/strategies/expect"
)

type fields struct{ http.Header }

func (f fields) All() iter.Seq2[string, string] { return nil }

func answer(status int, body string) strategies.Answer {
	header := http.Header{"Content-Type": {"application/json"}}
	return strategies.Answer{Status: status, Bytes: int64(len(body)), Body: []byte(body), Header: fields{header}}
}

func TestAResponseMustMeetEveryExpression(t *testing.T) {
	const body = `{"ok": true, "items": [{"id": 7}], "count": 3, "name": "bo"}`
	for text, want := range map[string]string{
		"status == 200":          "",
		"status in [200, 404]":   "",
		"bytes == 60":            "",
		"json.ok":                "",
		"json.items[0].id > 6.5": "",
		"json.count == 3 && header(\"content-type\") startsWith 'application/'": "",
		`body contains "\"ok\": true"`:                                          "",
		"header('X-None') == ''":                                                "",
		"status == 201":                                                         "not as expected: status == 201 (HTTP status 200)",
		"json.count":                                                            "not as expected: json.count: ",
		"json.none.deeper == 1":                                                 "not as expected: json.none.deeper == 1: ",
		"json.name + 1 == 2":                                                    "not as expected: json.name + 1 == 2: ",
	} {
		e, err := expect.Compile([]string{"status >= 200", text})
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		err = e.Check(answer(200, body))
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v, want it to be met", text, err)
		case want != "" && (err == nil || !errors.Is(err, strategies.ErrUnexpected) || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "\n")):
			t.Errorf("%s: %v, want one line that begins with %q", text, err, want)
		}
	}
}

// A body is decoded on demand only: the second half is not reached.
func TestABodyIsDecodedWhenItIsAskedFor(t *testing.T) {
	e, err := expect.Compile([]string{"status != 200 or json.ok"})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Check(answer(500, "no json")); err != nil {
		t.Errorf("a status that decides: %v", err)
	}
	if err := e.Check(answer(200, "no json")); err == nil || !strings.Contains(err.Error(), "decode json: ") {
		t.Errorf("a body that is no JSON: %v, want that it cannot be decoded", err)
	}
}

func TestAnExpectationSaysWhatItLooksAt(t *testing.T) {
	for text, want := range map[string]strategies.Expectation{
		"bytes > 0":             {},
		"status < 300":          {Status: true},
		"json.status == 'up'":   {Body: true},
		"len(body) > 3":         {Body: true},
		"header('status') > ''": {Header: true},
	} {
		got, err := expect.Compile([]string{text})
		if err != nil || got.Status != want.Status || got.Body != want.Body || got.Header != want.Header {
			t.Errorf("%s: %+v, %v, want %+v", text, got, err, want)
		}
	}
	if none, err := expect.Compile(nil); none != nil || err != nil {
		t.Errorf("no expressions: %v, %v, want nil", none, err)
	}
}

func TestAWrongExpressionIsOneLineWithItsPlace(t *testing.T) {
	for text, want := range map[string]string{
		"status ==":          `"status ==": column 9: unexpected token EOF`,
		"stat == 200":        `"stat == 200": column 1: unknown name stat`,
		"status + 1":         `"status + 1": column 1: expected bool, but got int`,
		"header(3)":          `"header(3)": column 8: `,
		"true and\n\n stat":  `line 3, column 2: unknown name stat`,
		"$env.status == 200": `"$env.status == 200": column 1: $env: want one of status`,
		"":                   `"": `,
	} {
		_, err := expect.Compile([]string{"status == 200", text})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v, want one line with %q", text, err, want)
		}
	}
	_, err := expect.Compile([]string{"a", "b"})
	if err == nil || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("two wrong ones: %v, want a line for each", err)
	}
}

func FuzzCompile(f *testing.F) {
	for _, text := range []string{"status == 200", "json.a[1]['b']?.c ?? 1", "let x = json; x.a == header('b')", "all(json, {# > 1})"} {
		f.Add(text, `{"a":[1,2]}`)
	}
	f.Fuzz(func(t *testing.T, text, body string) {
		e, err := expect.Compile([]string{text})
		if err != nil {
			return
		}
		if err := e.Check(answer(200, body)); err != nil && !errors.Is(err, strategies.ErrUnexpected) {
			t.Errorf("%q: %v does not wrap ErrUnexpected", text, err)
		}
	})
}
