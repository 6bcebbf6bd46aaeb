package server_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sweetspot/server"
	"sweetspot/server/capacity"
)

var fullForAnHour = capacity.Workers{N: 1, Service: time.Hour}

// inFlight makes a request in the background and waits until the server has read it.
func inFlight(t *testing.T, srv *server.Server, client *http.Client) (answer <-chan error) {
	t.Helper()
	result := make(chan error, 1)
	before := srv.Stats().InFlight
	go func() {
		response, err := client.Post(srv.URL(), "", nil)
		if err == nil {
			_, err = io.ReadAll(response.Body)
			response.Body.Close()
		}
		result <- err
	}()
	eventually(t, "the server has read the request", func() bool { return srv.Stats().InFlight > before })
	return result
}

func TestCloseWaitsForRequestsInFlight(t *testing.T) {
	srv := start(t, server.Config{Delay: 100 * time.Millisecond})
	answer := inFlight(t, srv, newClient(t))
	if err := srv.Close(); err != nil {
		t.Error(err)
	}
	if err := <-answer; err != nil {
		t.Error(err)
	}
	if _, err := newClient(t).Get(srv.URL()); err == nil {
		t.Error("it still answers")
	}
}

func TestCloseCutsOffRequestsAfterDrain(t *testing.T) {
	for _, config := range []server.Config{{Delay: time.Hour}, {Capacity: fullForAnHour}} {
		config.Drain = 20 * time.Millisecond
		srv, err := server.Start(config)
		if err != nil {
			t.Fatal(err)
		}
		client := newClient(t)
		answers := []<-chan error{inFlight(t, srv, client), inFlight(t, srv, client)}
		if err := srv.Close(); err == nil || !strings.Contains(err.Error(), "2 requests were not answered within 20ms") {
			t.Errorf("%+v: got %v", config, err)
		}
		for _, answer := range answers {
			if err := <-answer; err == nil {
				t.Errorf("%+v: it was answered", config)
			}
		}
		if diff := cmp.Diff(map[string]int64{"cut": 2}, srv.Stats().Unanswered); diff != "" {
			t.Error(diff)
		}
	}
}

func TestCloseDoesNotWaitForRequestsThatHang(t *testing.T) {
	srv := start(t, server.Config{Fail: server.Failures{Hang: 1}, Drain: time.Hour})
	answer := inFlight(t, srv, newClient(t))
	if err := srv.Close(); err != nil {
		t.Error(err)
	}
	if err := <-answer; err == nil {
		t.Error("it was answered")
	}
}

func TestCloseEndsIdleConnections(t *testing.T) {
	for _, config := range []server.Config{{}, {TLS: true}, {MaxConns: 1}} {
		config.Drain = time.Hour
		srv := start(t, config)
		get(t, newClient(t), srv.URL())
		for range 2 { // the second does nothing
			if err := srv.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}
