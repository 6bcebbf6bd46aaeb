package fetch_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/nlnwa/gowarc/v3"

	"sweetspot/bench/fetch"
	"sweetspot/strategies"
)

// records returns the bodies of the responses in a WARC file by their URL, and fails the test if one is there twice or the file is not
// sound to its end.
func records(t *testing.T, path string) map[string]string {
	t.Helper()
	reader, err := gowarc.NewWarcFileReader(path, 0, gowarc.WithStrictValidation())
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	bodies := map[string]string{}
	for {
		record, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return bodies
		}
		if err != nil || len(record.Validation) > 0 {
			t.Fatal(err, record.Validation)
		}
		if record.WarcRecord.Type() != gowarc.Response {
			continue
		}
		url := record.WarcRecord.WarcHeader().Get(gowarc.WarcTargetURI)
		raw, err := record.WarcRecord.Block().RawBytes()
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.ReadResponse(bufio.NewReader(raw), nil)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		if _, twice := bodies[url]; err != nil || twice {
			t.Fatalf("%s: %v, twice %v", url, err, twice)
		}
		bodies[url] = fmt.Sprint(response.StatusCode, " ", response.Header.Get("Content-Type"), " ", string(body))
	}
}

func TestAWARCFileHasEveryAnswerOnce(t *testing.T) {
	url, _ := counting(t)
	source, folder := list(t, numbered(url, "", 20)+numbered(url, "bad", 2)), t.TempDir()
	path, warc := filepath.Join(folder, "out.jsonl"), filepath.Join(folder, "out.warc.gz")
	fetchAll := func() map[string]string {
		t.Helper()
		if _, err := run(t, t.Context(), source, path, fetch.StoreOptions{WARC: warc}, settings(t)); err != nil {
			t.Fatal(err)
		}
		lines(t, path, 22)
		return records(t, warc)
	}
	for range 2 {
		got := fetchAll()
		if len(got) != 22 || got[url+"/7"] != `200 application/json {"path":"/7"}` || !strings.HasPrefix(got[url+"/bad1"], "404 ") {
			t.Fatalf("records %v, want those of 22 answers", got)
		}
	}
	// As after a kill: lines are lost, and the last record is torn.
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, whole[:len(whole)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(warc)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(warc, info.Size()-10); err != nil {
		t.Fatal(err)
	}
	if got := fetchAll(); len(got) != 22 {
		t.Errorf("%d records, want 22", len(got))
	}
	if err := os.Truncate(warc, 100); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ output, warc, want string }{
		{path, warc, "100 bytes, and the output says"}, {filepath.Join(folder, "other.jsonl"), warc, "exists"},
	} {
		if _, err := fetch.OpenStore(c.output, source, fetch.StoreOptions{WARC: c.warc}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}

// Names of bodies are safe on every file system, and no two are equal where case does not count.
func TestBodiesHaveSafeNames(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, r.URL.Path)
	}))
	defer srv.Close()
	paths := []string{"/", "/a.HTML", "/A.html", "/con", "/nul.txt", "/..%2f..%2fetc%2fpasswd", "/x%00y", "/a:b%7Cc*d", "/%E4%F6.pdf", "/trailing.", "/" + strings.Repeat("long", 200), "/..", "/a/b/c.tar.gz?x=/y"}
	safe := regexp.MustCompile(`^[0-9]{4}/[0-9]+(-[a-z0-9-]{1,60})?(\.[a-z0-9-]{1,60})?$`)
	folder := filepath.Join(t.TempDir(), "bodies")
	output := filepath.Join(t.TempDir(), "out.jsonl")
	source := list(t, srv.URL+strings.Join(paths, "\n"+srv.URL))
	if _, err := run(t, t.Context(), source, output, fetch.StoreOptions{Bodies: folder}, settings(t)); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i, l := range lines(t, output, int64(len(paths))) {
		name := strings.TrimPrefix(l.File, filepath.ToSlash(folder)+"/")
		if !safe.MatchString(name) || seen[strings.ToLower(name)] {
			t.Errorf("%s: the name %q is not safe, or there twice", paths[i], name)
		}
		seen[strings.ToLower(name)] = true
		if _, err := os.ReadFile(l.File); err != nil || l.Text != "" {
			t.Errorf("%s: %v and the text %q, want the body in its file only", paths[i], err, l.Text)
		}
	}
}

func TestAFolderThatCannotBeWrittenIsNamed(t *testing.T) {
	url, asked := counting(t)
	source, folder := list(t, numbered(url, "", 3)), t.TempDir()
	file := filepath.Join(folder, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := fetch.OpenStore(filepath.Join(folder, "out.jsonl"), source, fetch.StoreOptions{Bodies: file}); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("%v, want the folder's name", err)
	}
	// The folder goes away while the fetch runs, and a file is in its place.
	bodies := filepath.Join(folder, "bodies")
	store, err := fetch.OpenStore(filepath.Join(folder, "out.jsonl"), source, fetch.StoreOptions{Bodies: bodies})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if err := errors.Join(os.Remove(bodies), os.WriteFile(bodies, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	sum, err := fetch.Run(t.Context(), source, store, settings(t), fetch.Observer{})
	if err == nil || !strings.Contains(err.Error(), bodies) || sum.Done() != 0 || asked.Load() == 0 {
		t.Errorf("%+v, %v: want an error that names the folder, and no result", sum, err)
	}
}

// A stream that fails ends the fetch with its error.
func TestAFailingStreamEndsTheFetch(t *testing.T) {
	url, _ := counting(t)
	store := fetch.NewStream(failing{})
	_, err := fetch.Run(t.Context(), fetch.FromURLs(endless(url), url), store, settings(t), fetch.Observer{})
	if !errors.Is(err, errFull) || !errors.Is(store.Close(), errFull) {
		t.Errorf("%v, want %v", err, errFull)
	}
}

var errFull = errors.New("no space left")

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errFull }

// endless is a list that no test comes to the end of.
type endless string

func (e endless) Len() int64        { return 1 << 50 }
func (e endless) At(i int64) string { return fmt.Sprintf("%s/%d", string(e), i) }

func TestRobotsAreObeyed(t *testing.T) {
	for robots, want := range map[string]int{ // how many of three are requested
		"User-agent: *\nDisallow: /private\n":                          2,
		"Disallow: /\nUser-agent: other\nDisallow: /\n":                3,
		"User-agent: sweetspot\nDisallow: /\nAllow: /public\n":         1,
		"User-Agent: *\nDisallow: /*secret$ # x\nSitemap: x\nrubbish":  2,
		"User-agent: *\nCrawl-delay: soon\nDisallow: /private\n\x00\n": 2,
		"":           3,
		"status 404": 3,
		"status 401": 3,
		"status 500": 0,
		"redirect":   2,
	} {
		asked := 0
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var status int
			switch {
			case r.URL.Path != "/robots.txt" && r.URL.Path != "/elsewhere":
				asked++
			case robots == "redirect" && r.URL.Path == "/robots.txt":
				http.Redirect(w, r, "elsewhere", http.StatusMovedPermanently)
			case robots == "redirect":
				fmt.Fprint(w, "User-agent: *\nDisallow: /private")
			default:
				if n, _ := fmt.Sscanf(robots, "status %d", &status); n == 1 {
					w.WriteHeader(status)
					return
				}
				fmt.Fprint(w, robots)
			}
		}))
		path := filepath.Join(t.TempDir(), "out.jsonl")
		s := settings(t)
		s.Robots, s.Limiter, s.Retries = true, settings(t).Limiter, 0
		s.PerHost = 1 // so that asked needs no lock
		source := list(t, srv.URL+"/public\n"+srv.URL+"/private?a\n"+srv.URL+"/secret\n")
		if _, err := run(t, t.Context(), source, path, fetch.StoreOptions{}, s); err != nil {
			t.Fatal(err)
		}
		srv.Close()
		for _, l := range lines(t, path, 3) {
			if l.Error != nil && (l.Error.Class != "robots" || l.Attempts != 0) {
				t.Errorf("%q: %+v", robots, l)
			}
		}
		if asked != want {
			t.Errorf("%q: %d of three are requested, want %d", robots, asked, want)
		}
	}
}

func TestAJobSendsItsOwnMethodHeadersAndBody(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprint(w, r.Method, " ", r.Header.Get("X-A"), " ", string(body))
	}))
	defer srv.Close()
	text := fmt.Sprintf(`%[1]s
{"url":"%[1]s","method":"PUT","headers":{"X-A":"own"},"body":"text"}
{"url":"%[1]s","body":{"a":1}}
`, srv.URL)
	for _, name := range []string{"eventloop", "pool", "fasthttp"} {
		s := settings(t)
		s.Strategy = strategy(t, name)
		s.Target = strategies.Target{Method: "POST", Header: http.Header{"X-A": {"common"}}, Body: []byte("usual")}
		path := filepath.Join(t.TempDir(), "out.jsonl")
		if _, err := run(t, t.Context(), list(t, text), path, fetch.StoreOptions{}, s); err != nil {
			t.Fatal(err)
		}
		for i, want := range []string{"POST common usual", "PUT own text", `POST common {"a":1}`} {
			if got := lines(t, path, 3)[i].Text; got != want {
				t.Errorf("%s: %q was sent, want %q", name, got, want)
			}
		}
	}
}
