package cli_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"sweetspot/bench/cli"
	"sweetspot/results/report/chromium"
	"sweetspot/server"
)

// watched runs the program, which must have --live among its arguments, until the test ends or stop is called, and returns
// the address of its page. Stop returns the exit status.
func watched(t *testing.T, args ...string) (url string, stop func() int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	status := make(chan int, 1)
	go func() {
		status <- cli.Run(ctx, args, io.Discard, writer)
		_ = writer.Close()
	}()
	stop = func() int {
		cancel()
		code := <-status
		status <- code
		return code
	}
	t.Cleanup(func() { stop() })
	lines := bufio.NewScanner(reader)
	for url == "" {
		if !lines.Scan() {
			t.Fatal("no address is printed")
		}
		if address, found := strings.CutPrefix(lines.Text(), "live at "); found { // other lines may come first
			url = address
		}
	}
	go io.Copy(io.Discard, reader) // until the program closes its end
	return url, stop
}

func fetch(t *testing.T, url string) string {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", url, response.Status, err)
	}
	return string(text)
}

// endless is a run that goes on until it is stopped.
func endless(t *testing.T) []string {
	return []string{"bench", "-s", "pool,fasthttp", "-d", "50ms", "--warmup", "0s", "-c", "4", "--repeats", "100000", "--live", "0",
		startServer(t, server.Config{Delay: time.Millisecond, Fail: server.Failures{Status500: 0.05}}).URL()}
}

// lacking returns the first of the wanted texts that is not in text; nothing if all are.
func lacking(text string, wanted ...string) string {
	for _, want := range wanted {
		if !strings.Contains(text, want) {
			return want
		}
	}
	return ""
}

func TestLiveMetricsFollowTheRun(t *testing.T) {
	url, stop := watched(t, endless(t)...)
	var text, missing string
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		text = fetch(t, url+"metrics")
		missing = lacking(text,
			`sweetspot_trials_total{strategy="pool",target=""} `, `sweetspot_trials_total{strategy="fasthttp",target=""} `,
			`sweetspot_requests_succeeded_total{strategy="pool",target=""} `, `sweetspot_requests_failed_total{class="status",strategy="pool",target=""} `,
			`sweetspot_requests_failed_total{class="timeout",strategy="pool",target=""} 0`, `sweetspot_goodput_requests_per_second{strategy="pool",target=""} `,
			`sweetspot_latency_seconds{percentile="99",strategy="pool",target=""} 0.0`, `"} 4`, "sweetspot_limit_requests{strategy=", "sweetspot_done_ratio ",
		)
		if missing == "" {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("want %s in:\n%s", missing, text)
		}
	}
	problems, err := promlint.New(strings.NewReader(text)).Lint()
	if err != nil || len(problems) > 0 {
		t.Errorf("against the conventions: %v, %v", problems, err)
	}
	if status := stop(); status != 130 {
		t.Errorf("exit status %d, want 130", status)
	}
	if listening(url) {
		t.Error("the page outlives the run")
	}
}

func TestLivePageChangesByItself(t *testing.T) {
	browser := chromium.Start(t)
	url, stop := watched(t, endless(t)...)
	p := browser.Open(t, url, 1000)
	p.Wait(`document.querySelector('.live').textContent.includes('Under way')`)
	chromium.Eval[bool](p, `window.unmoved = true`)
	p.Wait(`document.querySelectorAll('#trials tbody tr').length > 0`)
	rows := chromium.Eval[int](p, `document.querySelectorAll('#trials tbody tr').length`)
	p.Wait(fmt.Sprintf(`document.querySelectorAll('#trials tbody tr').length > %d`, rows))
	p.Wait(`document.querySelectorAll('#ranking .chart path').length > 0`)
	ended := make(chan int, 1)
	go func() { ended <- stop() }()
	p.Wait(`document.querySelector('.live').textContent.includes('The run has ended')`)
	if status := <-ended; status != 130 {
		t.Errorf("exit status %d, want 130", status)
	}
	if !chromium.Eval[bool](p, `window.unmoved === true`) {
		t.Error("the page was loaded anew")
	}
	if messages := p.Messages(); len(messages) > 0 {
		t.Errorf("on the console: %q", messages)
	}
	for _, request := range p.Requests() {
		if !strings.HasPrefix(request, url) {
			t.Errorf("the page asked for %s", request)
		}
	}
}

func TestLiveListensOnTheLoopbackUnlessAHostIsGiven(t *testing.T) {
	url, stop := watched(t, endless(t)...)
	defer stop()
	if !strings.HasPrefix(url, "http://127.0.0.1:") {
		t.Errorf("live at %s, want the loopback", url)
	}
	for _, other := range []string{":0", "localhost:0", "[::1]:0", "127.0.0.1:0"} {
		args := endless(t)
		args[len(args)-2] = other
		if url, stop := watched(t, args...); !listening(url) || stop() != 130 {
			t.Errorf("--live %s: not live at %s, or no clean end", other, url)
		}
	}
}

func TestLiveReportsAPortInUseFirst(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	srv := startServer(t, server.Config{})
	got := sweetspot(t.Context(), "bench", "-s", "pool", "-d", "50ms", "--live", listener.Addr().String(), srv.URL())
	if got.status != 1 || got.stdout != "" || strings.Count(got.stderr, "\n") != 1 || !strings.Contains(got.stderr, "the port is in use: want another") {
		t.Errorf("exit status %d, stdout %q, stderr %q", got.status, got.stdout, got.stderr)
	}
	if stats := srv.Stats(); stats.Requests > 0 {
		t.Errorf("%d requests were made", stats.Requests)
	}
	for _, address := range []string{"", "http", "99999", "a:b:c", "-1"} {
		if got := sweetspot(t.Context(), "bench", "--live="+address, srv.URL()); got.status != 2 || !strings.Contains(got.stderr, "--live "+address+": want a port or HOST:PORT") {
			t.Errorf("--live %q: exit status %d, stderr %q", address, got.status, got.stderr)
		}
	}
}

func TestLivePageShowsTheEndOfTheRun(t *testing.T) {
	srv := startServer(t, server.Config{Delay: time.Millisecond})
	url, _ := watched(t, "bench", "-s", "pool", "-d", "200ms", "-c", "2", "--repeats", "4", "--live", "0", srv.URL())
	if events := fetch(t, url+"events"); !strings.HasSuffix(events, "event: end\ndata: \n\n") || !strings.Contains(events, "The run has ended") {
		t.Errorf("the last event is not the end:\n…%s", events[max(0, len(events)-300):])
	}
}
