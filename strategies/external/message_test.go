package external

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sweetspot/strategies"
)

func TestParseMessage(t *testing.T) {
	text := func(s string) *string { return &s }
	for line, want := range map[string]message{
		`{"hello":{"protocol":1,"version":"x 1.2","most":1}}`:  {Hello: &hello{Protocol: 1, Version: "x 1.2", MaxInFlight: 1}},
		`{"hello":{"protocol":1,"colour":"red"},"unknown":[]}`: {Hello: &hello{Protocol: 1}},
		`{"opened":{}}`:                    {Opened: &struct{}{}},
		`{"stopped":{}}`:                   {Stopped: &stopped{}},
		`{"stopped":{"connections":7}}`:    {Stopped: &stopped{Connections: 7}},
		`{"error":"no module named x"}`:    {Error: text("no module named x")},
		`{"done":{"now":9,"outcomes":[]}}`: {Done: &report{9, reports{}}},
		` { "done" : { "now" : 90 , "outcomes" : [ [ 7 , 8 , 9 , 200 , 27 ] , [8,1,2,503,0] ] } } `: {Done: &report{90, reports{
			{7, 8, 9, strategies.Outcome{Status: 200, Bytes: 27}},
			{8, 1, 2, strategies.Outcome{Class: strategies.BadStatus, Status: 503}},
		}}},
		`{"done":{"now":1,"outcomes":[[0,0,0,0,0,"timeout"],[1,0,0,200,2,"decode","a \"quote\", a ], and an \u00e4"]]}}`: {Done: &report{1, reports{
			{0, 0, 0, strategies.Outcome{Class: strategies.Timeout, Err: errors.New("timeout")}},
			{1, 0, 0, strategies.Outcome{Class: strategies.Undecodable, Status: 200, Bytes: 2, Err: errors.New(`a "quote", a ], and an ä`)}},
		}}},
	} {
		got, err := parseMessage([]byte(line))
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		opts := cmp.Options{cmp.AllowUnexported(message{}, reported{}), cmp.Comparer(func(a, b error) bool { return a == b || a != nil && b != nil && a.Error() == b.Error() })}
		if diff := cmp.Diff(&want, got, opts); diff != "" {
			t.Errorf("%s (-want +got):\n%s", line, diff)
		}
	}
}

func TestParseMessageRefusesWhatIsNotAMessage(t *testing.T) {
	outcome := func(text string) string { return `{"done":{"now":1,"outcomes":[` + text + `]}}` }
	for line, want := range map[string]string{
		``:                                   "it wrote a line that is not a message: \"\": unexpected end",
		`hello`:                              "it wrote a line that is not a message",
		`[]`:                                 "it wrote a line that is not a message",
		`null`:                               "want one of hello",
		`{}`:                                 "want one of hello",
		`{"opened":null}`:                    "want one of hello",
		`{"opened":{}}{}`:                    "it wrote a line that is not a message",
		`{"hello":{}}`:                       "it uses version 0 of the protocol: want 1",
		`{"hello":{"protocol":1,"most":-1}}`: "it can have -1 requests in flight",
		`{"stopped":{"connections":-1}}`:     "it used -1 connections",
		`{"done":{"now":-1}}`:                "its clock shows -1",
		`{"done":{"now":1.5}}`:               "it wrote a line that is not a message",
		`{"done":{"now":1,"outcomes":{}}}`:   "an outcome is not",
		`{"done":{"now":1,"outcomes":null}}`: "an outcome is not",
		outcome(`7`):                         "an outcome is not",
		outcome(`[]`):                        "an outcome is not",
		outcome(`[1,2,3,200]`):               "an outcome is not",
		outcome(`[1,2,3,200,-1]`):            "an outcome is not",
		outcome(`[1,2,3,200,1.0]`):           "an outcome is not",
		outcome(`[1,2,3,200,1e3]`):           "an outcome is not",
		outcome(`["1",2,3,200,1]`):           "an outcome is not",
		outcome(`[1,2,3,200,9999999999999999999999]`):   "an outcome is not",
		outcome(`[1,2,3,200,1,7]`):                      "an outcome is not",
		outcome(`[1,2,3,0,1,"timeout",7]`):              "an outcome is not",
		outcome(`[1,2,3,0,1,"timeout","late","again"]`): "an outcome is not",
		outcome(`[1,2,3,0,1]`):                          "an outcome has neither a status nor a class",
		outcome(`[1,2,3,99,1]`):                         "an outcome has the status 99",
		outcome(`[1,2,3,0,1,"late"]`):                   `an outcome has the class "late"`,
		outcome(`[1,2,3,200,1,"ok"]`):                   `an outcome has the class "ok"`,
		strings.Repeat("x", 1000):                       strings.Repeat("x", 80) + `"…`,
	} {
		if m, err := parseMessage([]byte(line)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %+v, error %v, want %s", line, m, err, want)
		}
	}
}

// Any line is either a message with valid numbers or an error; and this package's parser agrees with encoding/json.
func FuzzParseMessage(f *testing.F) {
	for _, seed := range []string{
		`{"hello":{"protocol":1,"version":"x","most":1}}`, `{"opened":{}}`, `{"stopped":{"connections":7}}`, `{"error":"x"}`,
		`{"done":{"now":90,"outcomes":[[7,8,9,200,27],[8,1,2,0,0,"timeout","an \"answer\\"]]}}`, `{"done":{"outcomes":[ [1 , 2,3,4,5e1]]}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		m, err := parseMessage(line)
		if err != nil {
			return
		}
		if m.Done == nil {
			return
		}
		var same struct {
			Done struct {
				Outcomes []json.RawMessage
			}
		}
		if err := json.Unmarshal(line, &same); err != nil || len(same.Done.Outcomes) != len(m.Done.Outcomes) {
			t.Fatalf("%d outcomes, encoding/json sees %d: %v", len(m.Done.Outcomes), len(same.Done.Outcomes), err)
		}
		for i, o := range m.Done.Outcomes {
			var numbers []any
			if err := json.Unmarshal(same.Done.Outcomes[i], &numbers); err != nil {
				t.Fatal(err)
			}
			if got := []int64{o.number, int64(o.start), int64(o.latency), int64(o.outcome.Status), o.outcome.Bytes}; !agree(got, numbers) {
				t.Fatalf("read %v of %s", got, same.Done.Outcomes[i])
			}
			if class, ok := at(numbers, 5).(string); ok && class != o.outcome.Class.String() {
				t.Fatalf("read class %v of %s", o.outcome.Class, same.Done.Outcomes[i])
			}
			if reason, ok := at(numbers, 6).(string); ok && reason != "" && reason != o.outcome.Err.Error() {
				t.Fatalf("read reason %q of %s", o.outcome.Err, same.Done.Outcomes[i])
			}
		}
	})
}

func agree(got []int64, numbers []any) bool {
	for i, n := range got {
		if f, ok := at(numbers, i).(float64); !ok || f != float64(n) || n < 0 {
			return false
		}
	}
	return true
}

func at(numbers []any, i int) any {
	if i < len(numbers) {
		return numbers[i]
	}
	return nil
}

func TestAppendStringsWritesJSON(t *testing.T) {
	for _, text := range []string{"", "http://127.0.0.1/?a=<b>&c", `a "quote" and a \`, "ä\x00\n", "\xff"} {
		var back []string
		if err := json.Unmarshal(appendStrings(nil, []string{text, "x"}), &back); err != nil || back[0] != strings.ToValidUTF8(text, "\ufffd") || back[1] != "x" {
			t.Errorf("%q came back as %q, %v", text, back, err)
		}
	}
}

func TestOpenMessageHasTheWholeTarget(t *testing.T) {
	line, err := openMessage(strategies.Target{
		Method: "POST", Header: map[string][]string{"B": {"2", "3"}, "A": {"1"}}, Body: []byte("hi"), Insecure: true, JSON: true,
		Timeout: 1500 * time.Millisecond, DialTimeout: time.Second, DNSCache: time.Minute, MaxBody: 4096,
	}, 60)
	want := `{"open":{"method":"POST","headers":[["A","1"],["B","2"],["B","3"]],"body":"aGk=","timeout":1.5,"dial_timeout":1,` +
		`"dns_cache":60,"insecure":true,"decode":"json","max_body":4096,"limit":60}}` + "\n"
	if err != nil || string(line) != want {
		t.Errorf("got  %s, %v\nwant %s", line, err, want)
	}
}
