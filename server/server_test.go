package server_test

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"sweetspot/server"
	"sweetspot/server/capacity"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start starts a server for the length of a test.
func start(t *testing.T, config server.Config) *server.Server {
	t.Helper()
	srv, err := server.Start(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
		if n := srv.Stats().InFlight; n != 0 {
			t.Errorf("%d in flight after Close, want none", n)
		}
	})
	return srv
}

// newClient returns a client that follows no redirect and trusts everybody.
func newClient(t *testing.T) *http.Client {
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableCompression: true, MaxIdleConnsPerHost: 5000}
	t.Cleanup(transport.CloseIdleConnections)
	jar, _ := cookiejar.New(nil)
	return &http.Client{
		Transport:     transport,
		Jar:           jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// get returns the answer and its whole body.
func get(t *testing.T, client *http.Client, url string) (*http.Response, []byte) {
	t.Helper()
	response, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, body
}

// eventually waits until a condition holds that something else is about to bring about.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within 10 s: %s", what)
		}
	}
}

func TestBodiesAreJSONOfTheSizeAskedFor(t *testing.T) {
	for _, size := range []int{2, 3, 10, 11, 12, 1000, 10 << 20} {
		srv := start(t, server.Config{Body: size})
		response, body := get(t, newClient(t), srv.URL())
		var object map[string]any
		if err := json.Unmarshal(body, &object); err != nil || len(body) != size || response.StatusCode != 200 {
			t.Errorf("body %d: got %d bytes, status %d, %v", size, len(body), response.StatusCode, err)
		}
	}
}

func TestStatsCountRequestsAndConnectionsThatCarriedThem(t *testing.T) {
	srv := start(t, server.Config{})
	idle, err := net.Dial("tcp", strings.TrimSuffix(srv.URL()[len("http://"):], "/"))
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	client := newClient(t)
	get(t, client, srv.URL()+"-/stats")
	if got := srv.Stats(); got.Requests != 0 || got.Connections != 0 {
		t.Errorf("before the first request: got %+v", got)
	}
	for _, path := range []string{"", "a/b?c=d", "redirect/1", "redirect/x", "private"} {
		get(t, client, srv.URL()+path)
	}
	want := server.Stats{Requests: 5, PeakInFlight: 1, Connections: 1, Status: map[int]int64{200: 2, 302: 1, 400: 1, 401: 1}}
	if diff := cmp.Diff(want, srv.Stats()); diff != "" {
		t.Error(diff)
	}
	_, body := get(t, client, srv.URL()+"-/stats")
	const text = `{"requests":5,"in_flight":0,"peak_in_flight":1,"connections":1,"status":{"200":2,"302":1,"400":1,"401":1}}`
	if got := strings.TrimSpace(string(body)); got != text {
		t.Errorf("got  %s\nwant %s", got, text)
	}

	response, err := client.Post(srv.URL()+"-/reset", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if diff := cmp.Diff(server.Stats{Status: map[int]int64{}}, srv.Stats()); diff != "" {
		t.Errorf("after the reset: %s", diff)
	}
	get(t, client, srv.URL())
	if got := srv.Stats(); got.Connections != 1 || got.Requests != 1 {
		t.Errorf("a connection that carries on after a reset: got %+v, want it counted again", got)
	}
}

func TestSteeringAnswersOnlyItsOwn(t *testing.T) {
	srv := start(t, server.Config{Delay: time.Hour, Fail: server.Failures{Status500: 1}})
	for path, want := range map[string]int{"-/stats": 200, "-/reset": 405, "-/": 404, "-/x": 404} {
		if response, _ := get(t, newClient(t), srv.URL()+path); response.StatusCode != want {
			t.Errorf("GET /%s: got %d, want %d", path, response.StatusCode, want)
		}
	}
}

func TestConnectionsBeyondTheBoundWait(t *testing.T) {
	srv := start(t, server.Config{MaxConns: 1})
	first, second := newClient(t), newClient(t)
	get(t, first, srv.URL())
	answered := make(chan error, 1)
	go func() {
		response, err := second.Get(srv.URL())
		if err == nil {
			response.Body.Close()
		}
		answered <- err
	}()
	get(t, first, srv.URL()) // the second is not even accepted meanwhile
	if got := srv.Stats().Connections; got != 1 {
		t.Errorf("got %d connections, want 1", got)
	}
	first.CloseIdleConnections()
	if err := <-answered; err != nil {
		t.Error(err)
	}
}

func TestOverTheRateIs429WithRetryAfter(t *testing.T) {
	srv := start(t, server.Config{Capacity: capacity.Reject{PerSecond: 0.001, Burst: 2}})
	client := newClient(t)
	var got []int
	var last *http.Response
	for range 4 {
		last, _ = get(t, client, srv.URL())
		got = append(got, last.StatusCode)
	}
	if diff := cmp.Diff([]int{200, 200, 429, 429}, got); diff != "" || last.Header.Get("Retry-After") == "" {
		t.Errorf("got %v with %v", got, last.Header)
	}
}

func TestEveryFaultIsReportedBeforeItListens(t *testing.T) {
	_, err := server.Start(server.Config{
		Addr: "localhost", Delay: -1, Jitter: -1, Body: 1, Backlog: -1, MaxConns: -1, RequestsPerConn: -1,
		Capacity: capacity.USL{Sigma: -1}, Fail: server.Failures{Reset: 0.6, Hang: 0.6, Slow: 2},
	})
	if err == nil {
		t.Fatal("it started")
	}
	for _, want := range []string{"addr ", "delay ", "jitter ", "body ", "backlog ", "max-connections ", "requests-per-connection ",
		"rate 0: ", "sigma -1: ", "fail: slow 200%", "fail: slow by 0s", "fail: the shares add up"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not among the faults:\n%v", want, err)
		}
	}
}

func TestAPortInUseIsAnError(t *testing.T) {
	srv := start(t, server.Config{Delay: time.Millisecond})
	home, _ := url.Parse(srv.URL())
	if _, err := server.Start(server.Config{Addr: home.Host, Delay: time.Millisecond}); err == nil || !strings.Contains(err.Error(), home.Host) {
		t.Errorf("got %v, want the address named", err)
	}
	if _, err := server.Start(server.Config{Addr: home.Host}); !errors.As(err, new(*net.OpError)) {
		t.Errorf("got %v, want it wrapped", err)
	}
}
