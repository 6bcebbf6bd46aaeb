package secret_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"

	"sweetspot/bench/cli/secret"
	"sweetspot/results"
)

func TestTextWithholdsLoginsOfURLs(t *testing.T) {
	for text, want := range map[string]string{
		`Get "http://user:***@host/": EOF`:             `Get "http://xxxxx@host/": EOF`,
		"http://token@[::1]:80/a@b?c=d@e":              "http://xxxxx@[::1]:80/a@b?c=d@e",
		"two: https://a@b/ and socks5://c:d@e@f:1":     "two: https://xxxxx@b/ and socks5://xxxxx@f:1",
		"http://host/path@x":                           "http://host/path@x",
		"http://{a-z:4}:{1..9}@host/{1..9}":            "http://xxxxx@host/{1..9}",
		"mail somebody@example.com, see http://host/":  "mail somebody@example.com, see http://host/",
		"no URL at all, and a word such as 'password'": "no URL at all, and a word such as 'password'",
	} {
		if got := new(secret.Filter).Text(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestTextWithholdsWhatWasGiven(t *testing.T) {
	var f secret.Filter
	f.Header("Authorization: Bearer abcdefghijkl")
	f.Header("Cookie: id=qrstuvwxyz; mode=9gag")
	f.Header("Accept: application/json")
	f.URL("http://joan:s3cr3t@host/")
	f.Body([]byte(`{"pin":"12345678","word":"umbrella"}`))
	for text, want := range map[string]string{
		"Bearer abcdefghijkl":             "Bearer xxxxx",
		"cut: abcdefghi":                  "cut: xxxxx",
		"the end of it: efghijkl.":        "the end of it: xxxxx.",
		"too little: abcdefg":             "too little: abcdefg",
		"id qrstuvwxyz and 9gag, 9gagger": "id xxxxx and xxxxx, 9gagger",
		"application/json is harmless":    "application/json is harmless",
		"user joan, password s3cr3t":      "user xxxxx, password xxxxx",
		"joanna s3cr3ts":                  "joanna s3cr3ts",
		"Basic am9hbjpzM2NyM3Q=":          "Basic xxxxx=",
		"umbrella, umbrellas":             "xxxxx, umbrellas",
		"pin 12345678":                    "pin xxxxx",
		"":                                "",
	} {
		if got := f.Text(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestArgumentShowsFilesProgramsAndFlags(t *testing.T) {
	for word, want := range map[string]string{
		"sh": "sh", "secret_test.go": "secret_test.go", "--verbose": "--verbose", "--max-time": "--max-time", "-u": "-u",
		"--token=abc": secret.Withheld, "abc": secret.Withheld, "K=v": secret.Withheld, "-pABC": secret.Withheld, "": secret.Withheld,
	} {
		if got := secret.Argument(word); got != want {
			t.Errorf("%q: got %q, want %q", word, got, want)
		}
	}
}

func TestLinesAreFewAndShort(t *testing.T) {
	err := errors.New(strings.Repeat("a\n\n", 5) + strings.Repeat("long ", 1000))
	lines := new(secret.Filter).Lines(err, 3)
	if want := []string{"a", "a", "a", "and 3 lines more"}; !reflect.DeepEqual(lines, want) {
		t.Errorf("got %q, want %q", lines, want)
	}
	if lines = new(secret.Filter).Lines(err, 9); len(lines[5]) > 1010 || !strings.HasSuffix(lines[5], "…") {
		t.Errorf("got %d bytes: %q", len(lines[5]), lines[5])
	}
}

func TestFromAContextWithoutAFilterKnowsNoSecret(t *testing.T) {
	if got := secret.From(context.Background()).Text("a word"); got != "a word" {
		t.Errorf("got %q", got)
	}
	var f secret.Filter
	if secret.From(secret.NewContext(context.Background(), &f)) != &f {
		t.Error("the context does not give back its filter")
	}
}

// ours are the fields whose texts the program makes itself.
var ours = map[string]bool{
	"Command": true, "Started": true, "Profile": true, "Strategy": true, "Purpose": true, "Verdict": true, "Objective": true, "Code": true,
	"Machine": true, "Settings": true, "Histogram": true, "Responses": true, "Model": true, "Over": true,
}

// Every text of a run that may come from outside is filtered, whatever fields a run will have.
func TestLoadedFiltersEveryTextOfARun(t *testing.T) {
	const login = "http://user:password@host/"
	var run results.Run
	fill(reflect.ValueOf(&run).Elem(), login)
	new(secret.Filter).Loaded(&run)
	for _, path := range having(reflect.ValueOf(run), "run", "password") {
		t.Errorf("%s is not filtered", path)
	}
	if len(run.Trials) != 1 || run.Trials[0].FirstError != "http://xxxxx@host/" {
		t.Fatalf("nothing was filled in: %+v", run)
	}
}

// fill sets every text in a value that may come from outside, with one element in every list and map.
func fill(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Struct:
		for i := range v.NumField() {
			if !ours[v.Type().Field(i).Name] {
				fill(v.Field(i), text)
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), text)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), text)
	case reflect.Map:
		element := reflect.New(v.Type().Elem()).Elem()
		fill(element, text)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.Zero(v.Type().Key()), element)
	}
}

// having returns the paths of the texts in a value that contain a part.
func having(v reflect.Value, path, part string) (paths []string) {
	switch v.Kind() {
	case reflect.String:
		if strings.Contains(v.String(), part) {
			return []string{path}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			paths = append(paths, having(v.Field(i), path+"."+v.Type().Field(i).Name, part)...)
		}
	case reflect.Slice:
		for i := range v.Len() {
			paths = append(paths, having(v.Index(i), path, part)...)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			paths = having(v.Elem(), path, part)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			paths = append(paths, having(v.MapIndex(key), path, part)...)
		}
	}
	return paths
}
