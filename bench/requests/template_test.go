package requests_test

import (
	"slices"
	"strings"
	"testing"

	"sweetspot/bench/requests"
)

func TestTemplateStandsForEveryCombination(t *testing.T) {
	for _, test := range []struct {
		text string
		want []string
	}{
		{"plain", []string{"plain"}},
		{"{a-c}", []string{"a", "b", "c"}},
		{"{01:2}", []string{"00", "01", "10", "11"}},
		{"{8..11}", []string{"8", "9", "10", "11"}},
		{"{08..11}", []string{"08", "09", "10", "11"}},
		{"x{1..2}y{ab:1}z", []string{"x1yaz", "x1ybz", "x2yaz", "x2ybz"}},
		{"{-_}", []string{"-", "_"}},
		{"{xy:1}", []string{"x", "y"}},
	} {
		template, err := requests.ParseTemplate(test.text)
		if err != nil {
			t.Errorf("%s: %v", test.text, err)
			continue
		}
		var got []string
		for i := range template.Len() {
			got = append(got, template.At(i))
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s stands for %v, want %v", test.text, got, test.want)
		}
		if again := template.At(template.Len()); again != test.want[0] {
			t.Errorf("%s: after the last comes %s, want %s", test.text, again, test.want[0])
		}
	}
}

func TestTemplateOfMillionsIsCountedAndReached(t *testing.T) {
	template, err := requests.ParseTemplate("/{0-9a-z:4}")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := template.Len(), int64(36*36*36*36); got != want {
		t.Errorf("stands for %d, want %d", got, want)
	}
	if got := template.At(template.Len() - 1); got != "/zzzz" {
		t.Errorf("the last is %s, want /zzzz", got)
	}
}

func TestParseTemplateErrorsShowARightTemplate(t *testing.T) {
	for text, want := range map[string]string{
		"{":                 "want %7B for a brace",
		"}":                 "want %7D for a brace",
		"{}":                "want numbers such as {1..1000}",
		"{5..1}":            "want {1..5}",
		"{a..b}":            "want numbers such as {1..1000}",
		"{z-a}":             "want numbers such as {1..1000}",
		"{a:0}":             "want numbers such as {1..1000}",
		"{aba:1}":           "a stands in it twice",
		"{id}":              "want numbers such as {1..1000}",
		"{a,b}":             "want numbers such as {1..1000}",
		"{0-9a-z:99}":       "want a length smaller than 99",
		"{a-z:13}{0-9a-z}9": "more than 2^63",
		"{é}":               "want numbers such as {1..1000}",
	} {
		if _, err := requests.ParseTemplate(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error with %q", text, err, want)
		}
	}
}

func FuzzParseTemplate(f *testing.F) {
	for _, seed := range []string{"http://h/{0-9a-z:4}?p={1..1000}", "{01..10}", "{a", "}{", "{-:2}", "{0..9223372036854775807}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		template, err := requests.ParseTemplate(text)
		if err != nil {
			return
		}
		n := template.Len()
		if n < 1 {
			t.Fatalf("%q stands for %d texts", text, n)
		}
		if first, last := template.At(0), template.At(n-1); n > 1 && first == last {
			t.Errorf("%q: first and last of %d are both %q", text, n, first)
		}
	})
}
