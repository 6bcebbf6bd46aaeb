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

// start starts a server and closes it at the end of the test.
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

// newClient returns a client that follows no redirects and accepts every certificate.
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

// get makes a GET request, and returns the response and its whole body.
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

// eventually polls until the condition holds, for 10 s at most.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within 10 s: %s", what)
		}
	}
}

func TestMaxConnsMakesMoreConnectionsWait(t *testing.T) {
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
	get(t, first, srv.URL()) // the second client's connection has not been accepted
	if got := srv.Stats().Connections; got != 1 {
		t.Errorf("got %d connections, want 1", got)
	}
	first.CloseIdleConnections()
	if err := <-answered; err != nil {
		t.Error(err)
	}
}

func TestRejectAnswers429WithRetryAfter(t *testing.T) {
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

func TestStartReportsEveryInvalidSetting(t *testing.T) {
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
			t.Errorf("%q is not among the errors:\n%v", want, err)
		}
	}
}

func TestStartRefusesToChangeACapacityThatIsNotShared(t *testing.T) {
	warming := capacity.Warming{From: 0.3, Tau: time.Second}
	scar := capacity.Scar{At: 9, To: capacity.Workers{N: 1, Service: time.Second}}
	_, err := server.Start(server.Config{Capacity: capacity.Reject{PerSecond: 5}, Warming: warming, Scar: scar})
	for _, want := range []string{"warming: want a capacity that the requests inside share", "scar: want a capacity"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q in it", err, want)
		}
	}
	if err := (server.Config{Capacity: scar.To, Warming: warming, Scar: scar}).Validate(); err != nil {
		t.Error(err)
	}
}

func TestStartFailsIfThePortIsInUse(t *testing.T) {
	srv := start(t, server.Config{Delay: time.Millisecond})
	home, _ := url.Parse(srv.URL())
	if _, err := server.Start(server.Config{Addr: home.Host, Delay: time.Millisecond}); err == nil || !strings.Contains(err.Error(), home.Host) {
		t.Errorf("got %v, want the address named", err)
	}
	if _, err := server.Start(server.Config{Addr: home.Host}); !errors.As(err, new(*net.OpError)) {
		t.Errorf("got %v, want it wrapped", err)
	}
}

func TestConfigSettingsOfTheAnswer(t *testing.T) {
	for _, c := range []struct {
		name   string
		config server.Config
		check  func(*http.Response) bool
	}{
		{"TLS serves HTTPS", server.Config{TLS: true}, func(r *http.Response) bool { return r.TLS != nil }},
		{"Chunked sends no Content-Length", server.Config{Chunked: true, Body: 100_000}, func(r *http.Response) bool {
			return len(r.TransferEncoding) == 1 && r.ContentLength == -1
		}},
		{"NoKeepAlive closes the connection", server.Config{NoKeepAlive: true}, func(r *http.Response) bool { return r.Close }},
		{"RequestsPerConn 1 closes the connection after the first answer", server.Config{RequestsPerConn: 1}, func(r *http.Response) bool { return r.Close }},
		{"RequestsPerConn 2 keeps it open after the first answer", server.Config{RequestsPerConn: 2}, func(r *http.Response) bool { return !r.Close }},
		{"Backlog 1 accepts a connection", server.Config{Backlog: 1}, func(*http.Response) bool { return true }},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv := start(t, c.config)
			response, body := get(t, newClient(t), srv.URL())
			if !json.Valid(body) || response.StatusCode != 200 || !c.check(response) {
				t.Errorf("got %+v", response)
			}
		})
	}
}
