package cli_test

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"sweetspot/server"
)

// obeyed is a text that a terminal obeys: it clears the screen, sets the title and, in one character, begins a sequence.
const obeyed = "\x1b[2J\x1b]0;owned\a\u009b31m\r"

// The secrets of the test. None is in any other text.
const (
	aUser     = "kestrel" // short, so that it is found as a whole word only
	aPassword = "wagtailnightjar"
	aToken    = "bitternCapercaillie42"
	aBearer   = "hoopoe.whinchat.dotterel"
	aCookie   = "turnstonePhalarope"
	aKey      = "fieldfare"
	aWord     = "goldeneyegoosander"
	anOption  = "ouzelredpoll"
)

// given away are the texts that no output may have: secrets, their ends, and what they are as base64.
func givenAway() []string {
	return []string{
		aUser, aPassword, aPassword[:10], aToken, aToken[:10], aToken[8:], aBearer, "hoopoe.w", "dotterel", aCookie, "Phalarope", aKey, aWord, anOption,
		base64.StdEncoding.EncodeToString([]byte(aUser + ":" + aPassword)),
		strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(aToken)), "="),
		base64.StdEncoding.EncodeToString([]byte(aWord))[:16],
	}
}

// secretFlags are flags with secrets; only the program's gets those of its command too.
func secretFlags() []string {
	return []string{
		"-H", "Authorization: Bearer " + aBearer, "--header=Cookie: session=" + aCookie + "; theme=x", "-qHX-Api-Key:" + aKey,
		"--body", `{"password":"` + aWord + `"}`,
	}
}

// clean reports what a text has that it must not have.
func clean(t *testing.T, where, text string) {
	t.Helper()
	for _, secret := range givenAway() {
		if at := strings.Index(text, secret); at >= 0 {
			t.Errorf("%s gives away %q: …%s…", where, secret, text[max(0, at-120):min(len(text), at+120)])
		}
	}
}

// unobeyed reports control characters in a text.
func unobeyed(t *testing.T, where, text string) {
	t.Helper()
	for i, r := range text {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			t.Errorf("%s has %q: …%q…", where, r, text[max(0, i-60):min(len(text), i+60)])
			return
		}
	}
}

// serveRaw serves every connection with the function until the test ends, and returns the address.
func serveRaw(t *testing.T, serve func(net.Conn)) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go serve(conn)
		}
	}()
	return listener.Addr().String()
}

// parrot serves answers that repeat the request: as the reason of a status 500, or where they are no HTTP.
func parrot(t *testing.T, malformed bool) (address string) {
	t.Helper()
	return serveRaw(t, func(conn net.Conn) { repeat(conn, malformed) })
}

func repeat(conn net.Conn, malformed bool) {
	defer conn.Close()
	request, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return
	}
	heard := fmt.Sprint(obeyed, request.Header["Authorization"], request.Header["Cookie"], request.Header["X-Api-Key"])
	if malformed {
		fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Length: %s\r\n\r\n", strings.ReplaceAll(heard, "\r", ""))
		return
	}
	fmt.Fprintf(conn, "HTTP/1.1 500 %s\r\nContent-Length: 0\r\n\r\n", strings.ReplaceAll(heard, "\r", ""))
}

// everywhere runs the program with the arguments and --out, and searches all that it leaves behind.
func everywhere(t *testing.T, args ...string) {
	t.Helper()
	dir := t.TempDir()
	got := sweetspot(t.Context(), append(args, "--out", dir)...)
	outputs := map[string]string{"stdout": got.stdout, "stderr": got.stderr}
	files, _ := filepath.Glob(dir + "/*.jsonl")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		outputs["the run file"] = string(text)
		for _, format := range []string{"table", "markdown", "csv", "json", "benchfmt"} {
			shown := sweetspot(t.Context(), "show", "--format", format, file)
			outputs[format], outputs[format+" on stderr"] = shown.stdout, shown.stderr
		}
		page := sweetspot(t.Context(), "report", file, "-o", "-")
		outputs["the report"] = page.stdout
	}
	for where, text := range outputs {
		clean(t, where, text)
		if where != "the report" { // whose scripts may have any character
			unobeyed(t, where, text)
		}
	}
	if got.stderr == "" && len(files) == 0 {
		t.Error("nothing was written: nothing was tested")
	}
}

func TestNoOutputHasASecretOrWhatATerminalObeys(t *testing.T) {
	good := strings.TrimPrefix(startServer(t, server.Config{Fail: server.Failures{Status500: 0.2}}).URL(), "http://")
	program := fmt.Sprintf("--external=mine='%s' %s telling --password=%s", os.Args[0], asExternal, anOption)
	for _, host := range []struct{ name, address string }{
		{"success", good},
		{"a reason that repeats the request", parrot(t, false) + "/"},
		{"an answer that is not HTTP", parrot(t, true) + "/"},
		{"refused", "127.0.0.1:1/"},
		{"no such name", "no-such-name.invalid/"},
		{"a port that is none", "127.0.0.1:99999/"},
		{"no URL", "127.0.0.1:8o8o/"},
	} {
		for _, login := range []string{aUser + ":" + aPassword, aToken, aUser + ":" + aPassword + "/x", aUser + ":" + aPassword + "%zz"} {
			url := "http://" + login + "@" + host.address
			list := filepath.Join(t.TempDir(), "urls")
			if err := os.WriteFile(list, []byte(url+"?1\n"+url+"?2\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, target := range [][]string{{url}, {"--urls", list}} {
				t.Run(host.name+" "+strings.Join(target, " "), func(t *testing.T) {
					args := append(secretFlags(), "-s", "pool,fasthttp,mine", program, "-n", "20", "-c", "2", "--repeats", "1", "--timeout", "2s")
					everywhere(t, append(append([]string{"bench"}, args...), target...)...)
				})
			}
		}
	}
}

func TestNoWarningAboutAHostHasASecret(t *testing.T) {
	login := "http://" + aUser + ":" + aPassword + "@"
	list := filepath.Join(t.TempDir(), "urls")
	good := strings.TrimPrefix(startServer(t, server.Config{}).URL(), "http://")
	if err := os.WriteFile(list, []byte(login+good+"\n"+login+parrot(t, true)+"/\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	everywhere(t, append([]string{"bench", "-s", "pool", "-n", "100", "-c", "2", "--repeats", "2", "--urls", list}, secretFlags()...)...)
}

func TestNoMessageAboutWrongArgumentsHasASecret(t *testing.T) {
	t.Chdir(t.TempDir()) // --out makes the folder that it is given
	url := "http://" + aUser + ":" + aPassword + "@127.0.0.1:1/"
	for _, args := range [][]string{
		{url},
		{"bench", url, url},
		{"benhc", "-H", "Authorization: Bearer " + aBearer},
		{"bench", "-H", "Bearer " + aBearer},
		{"bench", "-H", "Authorization:", "Bearer", aBearer, "-c", "0", url},
		{"bench", "-H", "Authorization:", "Bearer", aBearer, aCookie, url},
		{"bench", "-n", "Authorization: Bearer " + aBearer, url},
		{"bench", "-JAuthorization: Bearer " + aBearer},
		{"bench", "--heder=Authorization: Bearer " + aBearer},
		{"bench", "-body=" + aWord},
		{"bench", "--urls", url},
		{"bench", "--out", url, url},
		{"bench", "--live", url},
		{"bench", "--require", url},
		{"bench", "--external", "mine=sh -c 'exit 1' --password=" + anOption, url},
		{"bench", "--external", "pool=curl --password=" + anOption, url},
		{"bench", "--external", "mine=nowhere '" + anOption, url},
		{"sweep", "--limits", url},
		{"show", url},
		{"compare", url, "x"},
		{"report", url},
	} {
		got := sweetspot(t.Context(), args...)
		if got.status == 0 || got.stderr == "" {
			t.Errorf("%q: exit status %d, stderr %q: want a message", args, got.status, got.stderr)
		}
		clean(t, fmt.Sprintf("%q", args), got.stdout+got.stderr)
	}
}

func TestLivePageAndMetricsHaveNoSecret(t *testing.T) {
	host := strings.TrimPrefix(startServer(t, server.Config{Fail: server.Failures{Status500: 0.5}}).URL(), "http://")
	args := append(secretFlags(), "-s", "pool,fasthttp", "-d", "50ms", "--warmup", "0s", "-c", "4", "--repeats", "100000", "--live", "0",
		"http://"+aUser+":"+aPassword+"@"+host)
	url, stop := watched(t, append([]string{"bench"}, args...)...)
	defer stop()
	await(t, "trial", func() bool { return strings.Contains(fetch(t, url+"metrics"), "sweetspot_trials_total") })
	for _, path := range []string{"metrics", ""} {
		clean(t, "/"+path, fetch(t, url+path))
	}
}

func TestAFileOfURLsWithManyFaultsGivesFewLines(t *testing.T) {
	file := filepath.Join(t.TempDir(), "urls")
	if err := os.WriteFile(file, bytes.Repeat([]byte("nonsense\n"), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	got := sweetspot(t.Context(), "bench", "--urls", file)
	if lines := strings.Count(got.stderr, "\n"); got.status != 2 || lines > 25 || !strings.Contains(got.stderr, "more\n") {
		t.Errorf("exit status %d, %d lines, want few and the number of the others:\n%s", got.status, lines, got.stderr)
	}
	long := sweetspot(t.Context(), "bench", "http://127.0.0.1:1/"+strings.Repeat("x", 100_000))
	if long.status != 1 || len(long.stderr) > 2000 {
		t.Errorf("exit status %d, a message of %d bytes", long.status, len(long.stderr))
	}
}

// A server whose answers net/http finds fault with makes it log a line per request.
func TestNoLibraryLogsToTheTerminal(t *testing.T) {
	address := serveRaw(t, func(conn net.Conn) {
		defer conn.Close()
		for in := bufio.NewReader(conn); ; {
			if _, err := http.ReadRequest(in); err != nil {
				return
			}
			fmt.Fprint(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") // an answer to no request
		}
	})
	p := prepare("bench", "-s", "pool", "-X", "HEAD", "-n", "50", "-c", "2", "--repeats", "1", "-q", "http://"+address+"/")
	p.begin(t)
	p.end(t)
	if text := p.stderr.String(); strings.Contains(text, "Unsolicited") {
		t.Errorf("on the terminal: %s", text)
	}
}
