package fetch_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sweetspot/bench/fetch"
	"sweetspot/strategies"
)

// all returns the jobs of a source.
func all(t *testing.T, s fetch.Source) []fetch.Job {
	t.Helper()
	var jobs []fetch.Job
	at := fetch.Place(0)
	for range s.Len() {
		job, next, err := s.Job(at)
		if err != nil {
			t.Fatal(err)
		}
		jobs, at = append(jobs, job), next
	}
	return jobs
}

func TestAListHasURLsAndLinesOfJSON(t *testing.T) {
	l := list(t, "\ufeffhttp://a/1\n# a comment\n\n  http://a/2 \r\n"+
		`{"url":"http://b/3","method":"POST","headers":{"X-A":"1","x-b":["2","3"]},"body":{"a":1},"id":7,"name":"x"}`+"\n"+
		`{"url":"http://b/4","body":"text","headers":{"content-type":"text/plain"}}`)
	want := []fetch.Job{
		{URL: "http://a/1"},
		{URL: "http://a/2"},
		{URL: "http://b/3", Fields: []byte(`"id":7,"name":"x"`), Message: &strategies.Message{
			Method: "POST", Body: []byte(`{"a":1}`), Header: http.Header{"Content-Type": {"application/json"}, "X-A": {"1"}, "X-B": {"2", "3"}},
		}},
		{URL: "http://b/4", Message: &strategies.Message{Body: []byte("text"), Header: http.Header{"Content-Type": {"text/plain"}}}},
	}
	if diff := cmp.Diff(want, all(t, l)); diff != "" || !l.Varied() {
		t.Errorf("jobs (-want +got), varied %v:\n%s", l.Varied(), diff)
	}
}

func TestWrongLinesAreNamed(t *testing.T) {
	text := "http://a/\nftp://a/\n{\"url\":3}\n{\"status\":1,\"url\":\"http://a/\"}\n{\"url\":\"http://a/\",\"method\":\"A B\"}\n" +
		"{}\n{broken\n{\"url\":\"http://a/\",\"headers\":{\"A\":\"b\\nc\"}}\nhttp://a/ä\nhttp://a/2\n"
	_, err := fetch.OpenList(strings.NewReader(text), int64(len(text)), false)
	if err == nil {
		t.Fatal("a list with wrong lines is accepted")
	}
	for _, want := range []string{"line 2: \"ftp://a/\"", "line 3: \"url\": 3: want a text", "line 4: \"status\": a field of this name",
		"line 5: \"method\"", "line 6: no \"url\"", "line 7: not a line of JSON", "line 8: \"headers\"", "line 9:"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nwant %s", err, want)
		}
	}
	l, err := fetch.OpenList(strings.NewReader(text), int64(len(text)), true)
	if err != nil {
		t.Fatal(err)
	}
	if got := all(t, l); len(got) != 2 || got[1].URL != "http://a/2" || l.Bad() != 8 {
		t.Errorf("%v and %d bad lines, want the two that are right, and 8", got, l.Bad())
	}
	long := strings.Repeat("x\n", 500)
	if _, err := fetch.OpenList(strings.NewReader(long), int64(len(long)), false); strings.Count(err.Error(), "\n") != 20 ||
		!strings.Contains(err.Error(), "and 480 more lines") {
		t.Errorf("%v\nwant 20 lines and a count", err)
	}
}

func TestTheDigestIsThatOfTheJobs(t *testing.T) {
	first := list(t, "http://a/1\nhttp://a/2\n")
	if same := list(t, "\n# x\nhttp://a/1\n\nhttp://a/2"); same.Digest() != first.Digest() {
		t.Error("a comment changes the digest")
	}
	for _, text := range []string{"http://a/2\nhttp://a/1\n", "http://a/1\nhttp://a/3\n", "http://a/1\n"} {
		if list(t, text).Digest() == first.Digest() {
			t.Errorf("%q has the digest of another list", text)
		}
	}
}

func TestAListIsReadFromAnyPlace(t *testing.T) {
	var text strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&text, "http://a/%d/%s\n", i, strings.Repeat("x", i%100))
	}
	fmt.Fprintf(&text, "http://a/long/%s\nhttp://a/last", strings.Repeat("x", 100_000)) // several chunks
	l := list(t, text.String())
	want := strings.Split(text.String(), "\n")
	places := []fetch.Place{0}
	for i := range want {
		job, next, err := l.Job(places[i])
		if err != nil || job.URL != want[i] {
			t.Fatalf("job %d is %.60q, %v; want %.60q", i, job.URL, err, want[i])
		}
		places = append(places, next)
	}
	for i := len(want) - 1; i >= 0; i -= 97 {
		if job, _, err := l.Job(places[i]); err != nil || job.URL != want[i] {
			t.Fatalf("job %d is %.60q, %v; want %.60q", i, job.URL, err, want[i])
		}
	}
}

func TestSpoolKeepsAPipe(t *testing.T) {
	file, size, err := fetch.Spool(strings.NewReader("http://a/\n"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if text, err := io.ReadAll(io.NewSectionReader(file, 0, size)); err != nil || string(text) != "http://a/\n" {
		t.Errorf("%q, %v: want what was sent", text, err)
	}
}

// FuzzList reads any bytes as a list: it is refused, or every one of its jobs can be read again.
func FuzzList(f *testing.F) {
	f.Add("http://a/\n{\"url\":\"http://a/\",\"body\":[1]}\n#\n\x00\n")
	f.Add("{\"url\":\"http://a/\",\"headers\":{\"A\":[\"b\"]},\"x\":null}")
	f.Fuzz(func(t *testing.T, text string) {
		for _, skip := range []bool{false, true} {
			l, err := fetch.OpenList(strings.NewReader(text), int64(len(text)), skip)
			if err != nil {
				continue
			}
			for _, job := range all(t, l) {
				if err := strategies.CheckURL(job.URL); err != nil {
					t.Errorf("a job with the URL %q: %v", job.URL, err)
				}
			}
		}
	})
}

func TestAListMayHaveCommandsOfSeveralLines(t *testing.T) {
	text := "http://a/\ncurl 'http://b/' \\\n  -H 'X: 1' \\\n  -d c\n{\"url\":\"http://d/\",\"id\":7}\n"
	list, err := fetch.OpenList(strings.NewReader(text), int64(len(text)), false)
	if err != nil || list.Len() != 3 || !list.Varied() {
		t.Fatalf("%+v, %v", list, err)
	}
	_, at, err := list.Job(0)
	if err != nil {
		t.Fatal(err)
	}
	job, at, err := list.Job(at)
	if err != nil || job.URL != "http://b/" || job.Message.Method != "POST" || string(job.Message.Body) != "c" || job.Message.Header.Get("X") != "1" {
		t.Errorf("the command: %+v, %v", job, err)
	}
	if job, _, err = list.Job(at); err != nil || job.URL != "http://d/" || string(job.Fields) != `"id":7` {
		t.Errorf("the line after it: %+v, %v", job, err)
	}
	wrong := "curl 'http://b/' \\\n -d c\nnonsense\n"
	if _, err := fetch.OpenList(strings.NewReader(wrong), int64(len(wrong)), false); err == nil || !strings.HasPrefix(err.Error(), "line 3: ") {
		t.Errorf("a wrong line after a command: %v, want line 3", err)
	}
}
