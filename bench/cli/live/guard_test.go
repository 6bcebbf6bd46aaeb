package live_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"sweetspot/bench"
	"sweetspot/bench/cli/live"
	"sweetspot/bench/cli/telemetry"
	"sweetspot/results"
)

// started returns a page, which is closed when the test ends, and where it listens.
func started(t *testing.T, address string) (page *live.Page, host string) {
	t.Helper()
	page, err := live.Start(address, &results.Run{Command: "bench", Versions: map[string]string{}}, telemetry.New())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(page.Close)
	return page, strings.TrimSuffix(strings.TrimPrefix(page.URL(), "http://"), "/")
}

func TestPageAnswersItsOwnHostsOnly(t *testing.T) {
	_, host := started(t, "127.0.0.1:0")
	_, port, _ := net.SplitHostPort(host)
	for name, want := range map[string]int{
		host: 200, "127.0.0.1": 200, "localhost:" + port: 200, "LOCALHOST": 200, "localhost.": 200, "127.0.0.1:9": 200, // a tunnel has another port
		"evil.example:" + port: 421, "127.0.0.1.evil.example": 421, "localhost.evil.example:" + port: 421, "127.0.0.2": 421, "[::1]": 421, "0.0.0.0": 421,
	} {
		for _, path := range []string{"/", "/metrics", "/events", "/nowhere"} {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+host+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			request.Host = name
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close()
			if expected := map[bool]int{true: 404, false: want}[path == "/nowhere" && want == 200]; response.StatusCode != expected {
				t.Errorf("%s of %s: status %d, want %d", path, name, response.StatusCode, expected)
			}
		}
	}
}

func TestPageAnswersTheHostThatWasGiven(t *testing.T) {
	_, host := started(t, "localhost:0")
	for _, name := range []string{"localhost", host} {
		request, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+host+"/metrics", nil)
		request.Host = name
		response, err := http.DefaultClient.Do(request)
		if err != nil || response.StatusCode != http.StatusOK {
			t.Fatalf("%s: got %v, %v", name, response, err)
		}
		_ = response.Body.Close()
	}
}

// Idle clients take no more files than the page has connections, and give them up by themselves.
func TestPageIsNotUsedUpByIdleClients(t *testing.T) {
	_, host := started(t, "127.0.0.1:0")
	before := sockets(t)
	const clients, most = 60, 32
	for range clients {
		conn, err := net.Dial("tcp", host)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	time.Sleep(100 * time.Millisecond) // enough to accept all of them, if they were accepted
	if accepted := sockets(t) - before - clients; accepted > most {
		t.Errorf("%d connections of %d are accepted, want at most %d", accepted, clients, most)
	}
	response, err := http.Get("http://" + host + "/metrics") // is answered once idle ones are closed
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil || response.StatusCode != http.StatusOK {
		t.Errorf("status %d, %v", response.StatusCode, err)
	}
}

// sockets returns how many sockets the process has open.
func sockets(t *testing.T) (open int) {
	t.Helper()
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("the system does not list open files: ", err)
	}
	for _, file := range files {
		if to, _ := os.Readlink("/proc/self/fd/" + file.Name()); strings.HasPrefix(to, "socket:") {
			open++
		}
	}
	return open
}

func TestPageStreamsToFewAtATime(t *testing.T) {
	page, host := started(t, "127.0.0.1:0")
	var streams []*bufio.Reader
	for range 24 {
		conn, err := net.Dial("tcp", host)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
		stream := bufio.NewReader(conn)
		if line, err := stream.ReadString('\n'); err != nil || !strings.Contains(line, "200 OK") {
			t.Fatalf("got %q, %v", line, err)
		}
		streams = append(streams, stream)
	}
	response, err := http.Get("http://" + host + "/events")
	if err != nil || response.StatusCode != http.StatusServiceUnavailable {
		t.Fatalf("got %v, %v, want 503", response, err)
	}
	_ = response.Body.Close()
	for _, stream := range streams {
		awaitEvent(t, stream, "data: ")
	}
	page.Progress(bench.Progress{Strategy: "pool", Limit: 7})
	awaitEvent(t, streams[0], "pool at limit 7")
}

// A stream outlives the time in which a request must be read.
func TestPageStreamsForLongerThanARequestMayTake(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes longer than a request may")
	}
	t.Parallel()
	page, host := started(t, "127.0.0.1:0")
	response, err := http.Get("http://" + host + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	stream := bufio.NewReader(response.Body)
	awaitEvent(t, stream, "data: ")
	time.Sleep(6 * time.Second)
	page.Progress(bench.Progress{Strategy: "pool", Limit: 7})
	awaitEvent(t, stream, "pool at limit 7")
}

// awaitEvent reads a stream until a line has the text.
func awaitEvent(t *testing.T, stream *bufio.Reader, text string) {
	t.Helper()
	for {
		line, err := stream.ReadString('\n')
		if err != nil {
			t.Fatalf("the stream ends without %q: %v", text, err)
		}
		if strings.Contains(line, text) {
			return
		}
	}
}
