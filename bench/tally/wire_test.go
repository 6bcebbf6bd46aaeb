package tally_test

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"sweetspot/bench/tally"
)

// sample returns a measurement as it travels.
func sample(t testing.TB) string {
	random := rand.New(rand.NewPCG(1, 1))
	of := shapes["an open loop to two hosts"]
	counts := tally.New(of)
	for range 50 {
		c := completion(random, of)
		counts.Add(&c, from, to, from)
	}
	text, err := json.Marshal(measured(counts, random, "m"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestMeasurementRefusesWhatCannotBeRight(t *testing.T) {
	whole := sample(t)
	if err := json.Unmarshal([]byte(whole), new(tally.Measurement)); err != nil {
		t.Fatal(err)
	}
	wide, err := hdrhistogram.New(1, 1<<62, 5).Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ change, want string }{
		"a year":                       {`"elapsed":31536000000000000`, "want at most 48h"},
		"no time":                      {`"elapsed":0`, "it lasts 0s"},
		"a negative count":             {`"warmup":-1`, "a count is not from 0"},
		"redirects below 0":            {`"Redirects":-1`, "a count is not from 0"},
		"a count that overflows":       {`"bytes":4611686018427387904`, "a count is not from 0"},
		"a time that overflows":        {`"busy":9223372036854775807`, "a time is not from 0"},
		"more successes than counted":  {`"succeeded":1000`, "as many latencies"},
		"a class that there is not":    {`"failed":{"bored":1}`, `"bored" is no class`},
		"seconds that do not add up":   {`"series":[{"ok":1,"latency":1}]`, "do not add up"},
		"an hour of seconds":           {`"series":[` + strings.Repeat(`{"ok":0,"latency":0},`, 3600) + `{"ok":0,"latency":0}]`, "more seconds than"},
		"a histogram of other range":   {`"successes":"` + string(wide) + `"`, "with 5 digits"},
		"a histogram that is not one":  {`"successes":"AAAA"`, "successes: decode histogram"},
		"no histogram":                 {`"successes":""`, "as many latencies"},
		"an open loop without any":     {`"responses":""`, "without its histograms"},
		"a long text":                  {`"machine":"` + strings.Repeat("x", 3000) + `"`, "a text is longer"},
		"waits in the wrong order":     {`"waits":[{"at_most":2,"count":1},{"at_most":1,"count":1}]`, "do not ascend"},
		"another type":                 {`"elapsed":"long"`, "cannot unmarshal"},
		"a host with a negative count": {`"hosts":[{"name":"a","succeeded":-1,"failed":0}]`, "a count is not from 0"},
	} {
		key, _, _ := strings.Cut(c.change, ":")
		err := json.Unmarshal([]byte(replaced(t, whole, key, c.change)), new(tally.Measurement))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
}

// replaced returns the JSON with the first value of that key replaced.
func replaced(t *testing.T, text, key, member string) string {
	t.Helper()
	before, after, found := strings.Cut(text, key+":")
	if !found {
		t.Fatalf("no %s in it", key)
	}
	value := json.NewDecoder(strings.NewReader(after))
	var old json.RawMessage
	if err := value.Decode(&old); err != nil {
		t.Fatal(err)
	}
	return before + member + after[len(old):]
}

func FuzzMeasurement(f *testing.F) {
	f.Add(sample(f))
	f.Add(`{"counts":{"successes":"","failures":""},"elapsed":1}`)
	f.Fuzz(func(t *testing.T, text string) {
		var m tally.Measurement
		if json.Unmarshal([]byte(text), &m) != nil {
			return
		}
		merged, err := tally.Merge(time.Time{}, []tally.Part{{Name: "a", Measurement: &m}, {Name: "b", Measurement: &m}})
		if err != nil {
			return // it is late
		}
		one, two := report(t, &m), report(t, merged)
		if two.Succeeded != 2*one.Succeeded || two.Started != 2*one.Started || one.Completed() != one.Succeeded+one.Failures() {
			t.Errorf("one has %d of %d, two have %d of %d", one.Succeeded, one.Started, two.Succeeded, two.Started)
		}
		if _, err := json.Marshal(merged); err != nil {
			t.Error(err)
		}
	})
}
