package lines_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sweetspot/strategies"
	"sweetspot/strategies/lines"
)

func TestLinesSayWhatTheirRequestsSend(t *testing.T) {
	for text, want := range map[string]lines.Line{
		"http://a/b?c":        {URL: "http://a/b?c"},
		`{"url":"http://a/"}`: {URL: "http://a/"},
		`{"url":"http://a/","method":"PUT","headers":{"X":["1","2"],"accept":"b"},"body":"c","id":7,"kind":"d"}`: {
			URL: "http://a/", Names: []string{"id", "kind"}, Fields: []byte(`"id":7,"kind":"d"`),
			Message: &strategies.Message{Method: "PUT", Header: http.Header{"X": {"1", "2"}, "Accept": {"b"}}, Body: []byte("c")},
		},
		`{"url":"http://a/","body":{"b": 1}}`: {URL: "http://a/", Message: &strategies.Message{
			Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(`{"b": 1}`)}},
		`{"url":"http://a/","headers":{"content-type":"b"},"body":[1]}`: {URL: "http://a/", Message: &strategies.Message{
			Header: http.Header{"Content-Type": {"b"}}, Body: []byte(`[1]`)}},
		"curl http://a/": {URL: "http://a/"},
		`curl -X POST -H 'A: b' -d body http://a/`: {URL: "http://a/", Message: &strategies.Message{
			Method: "POST", Header: http.Header{"A": {"b"}, "Content-Type": {"application/x-www-form-urlencoded"}}, Body: []byte("body")}},
		`curl 'https://a/?x=1' -H 'Accept: b' -H 'Content-Type: c' --data-raw '{"d":"e'"'"'f"}' --compressed --insecure`: {
			URL: "https://a/?x=1", Message: &strategies.Message{
				Method: "POST", Header: http.Header{"Accept": {"b"}, "Content-Type": {"c"}}, Body: []byte(`{"d":"e'f"}`)}},
		`curl -sS -L "http://a/" -b x=1 -b y=2 -A me -e http://r/ -u me:pass -H 'Empty;' -H 'None:'`: {URL: "http://a/", Message: &strategies.Message{
			Header: http.Header{"Cookie": {"x=1; y=2"}, "User-Agent": {"me"}, "Referer": {"http://r/"}, "Authorization": {"Basic bWU6cGFzcw=="}, "Empty": {""}}}},
		`curl --json '{"a":1}' -X PUT --url http://a/`: {URL: "http://a/", Message: &strategies.Message{
			Method: "PUT", Header: http.Header{"Accept": {"application/json"}, "Content-Type": {"application/json"}}, Body: []byte(`{"a":1}`)}},
		`curl $'http://a/\x3fb=1' -H $'A: it\'s 100%25\u0021' --data-raw $'{"a":"\u00e9\n\\n"}'`: {URL: "http://a/?b=1", Message: &strategies.Message{
			Method: "POST", Header: http.Header{"A": {"it's 100%25!"}, "Content-Type": {"application/x-www-form-urlencoded"}}, Body: []byte("{\"a\":\"é\n\\n\"}")}},
		`curl "http://a/\"b\\\c" -H 'A: it'\''s' -H B:\ \$c`: {URL: `http://a/"b\\c`, Message: &strategies.Message{Header: http.Header{"A": {"it's"}, "B": {"$c"}}}},
		`curl -G -d a=1 -d b=2 http://a/?c`:                  {URL: "http://a/?c&a=1&b=2"},
		`curl -I http://a/`:                                  {URL: "http://a/", Message: &strategies.Message{Method: "HEAD"}},
	} {
		got, err := lines.Parse([]byte(text))
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", text, err, diff)
		}
	}
}

func TestWrongLinesAreErrorsThatSayWhatWouldBeRight(t *testing.T) {
	for text, want := range map[string]string{
		`{"url":"http://a/"`:                       "not a line of JSON",
		`{"method":"GET"}`:                         `no "url": want one such as`,
		`{"url":7}`:                                "want a text",
		`{"url":"http://a/","method":"G T"}`:       "want a word such as GET",
		`{"url":"http://a/","headers":["a"]}`:      "want an object such as",
		`{"url":"http://a/","headers":{"a b":""}}`: "want an object such as",
		`curl`:                            "",
		`curl 'http://a/`:                 "a quote that is not closed",
		`curl -d`:                         "want flags that say what is sent",
		`curl --form a=b http://a/`:       "want flags that say what is sent",
		`curl -d @file http://a/`:         "want the body itself",
		`curl -H nonsense http://a/`:      "want one such as 'Accept: text/html'",
		`curl -X 'G T' http://a/`:         "want a word such as GET",
		`curl http://a/ http://b/`:        "2 URLs: want one",
		`curl -H 'A: b'`:                  "0 URLs: want one",
		`curl "http://a/$HOME"`:           "a text that a shell would replace",
		"curl 'http://a/' -H \"A: `ls`\"": "a text that a shell would replace",
		`curl http://a/?b=1&c=2`:          "want each text with such a character in '…'",
	} {
		if _, err := lines.Parse([]byte(text)); want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func TestCommandsMayTakeSeveralLines(t *testing.T) {
	first, second := []byte(`curl 'http://a/' \`), []byte(`-H 'A: b'`)
	if !lines.GoesOn(first) || lines.GoesOn(second) || lines.GoesOn([]byte(`http://a/\`)) {
		t.Fatal("it does not know which lines go on")
	}
	got, err := lines.Parse(lines.Join(first, second))
	if err != nil || got.URL != "http://a/" || got.Message.Header.Get("A") != "b" {
		t.Errorf("%+v, %v", got, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"url":"http://a/","method":"PUT","headers":{"X":["1","2"]},"body":"c","id":7}`))
	f.Add([]byte(`curl -X POST -H 'A: b' -d body http://a/`))
	f.Add([]byte(`curl $'http://a/\u0021' -H "A: \"b\"" --data-raw 'it'\''s'`))
	f.Fuzz(func(t *testing.T, text []byte) {
		text = bytes.TrimSpace(text)
		if lines.Skipped(text) {
			return
		}
		l, err := lines.Parse(text)
		if err == nil && l.Message != nil {
			if _, err := http.NewRequest(l.Message.Method, "/", nil); err != nil {
				t.Errorf("%q: %v", text, err)
			}
		}
	})
}
