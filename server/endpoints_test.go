package server_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"sweetspot/server"
)

func TestPrivateRequiresTheCookieOfLogin(t *testing.T) {
	srv := start(t, server.Config{})
	client := newClient(t)
	status := func(path string) int {
		response, _ := get(t, client, srv.URL()+path)
		return response.StatusCode
	}
	if before, login, after := status("private"), status("login"), status("private"); before != 401 || login != 200 || after != 200 {
		t.Errorf("got %d, %d, %d; want 401, 200, 200", before, login, after)
	}
	home, _ := url.Parse(srv.URL())
	client.Jar.SetCookies(home, []*http.Cookie{{Name: "session", Value: "made.up", Path: "/"}})
	if got := status("private"); got != 401 {
		t.Errorf("a made-up session: got %d, want 401", got)
	}
}

func TestRedirectLeadsToTheFrontPageInNSteps(t *testing.T) {
	srv := start(t, server.Config{})
	client := newClient(t)
	client.CheckRedirect = nil
	response, _ := get(t, client, srv.URL()+"redirect/3")
	if got := response.Request.URL.String(); got != srv.URL() || srv.Stats().Requests != 4 {
		t.Errorf("got to %s in %d requests, want %s in 4", got, srv.Stats().Requests, srv.URL())
	}
}

func TestControlAnswersOnlyItsOwnEndpoints(t *testing.T) {
	srv := start(t, server.Config{Delay: time.Hour, Fail: server.Failures{Status500: 1}})
	for path, want := range map[string]int{"-/stats": 200, "-/reset": 405, "-/": 404, "-/x": 404} {
		if response, _ := get(t, newClient(t), srv.URL()+path); response.StatusCode != want {
			t.Errorf("GET /%s: got %d, want %d", path, response.StatusCode, want)
		}
	}
}
