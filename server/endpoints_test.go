package server_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"

	"sweetspot/server"
)

func TestPrivateWantsTheCookieOfLogin(t *testing.T) {
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

func TestRedirectsLeadToTheFrontPage(t *testing.T) {
	srv := start(t, server.Config{})
	client := newClient(t)
	client.CheckRedirect = nil
	response, _ := get(t, client, srv.URL()+"redirect/3")
	if got := response.Request.URL.String(); got != srv.URL() || srv.Stats().Requests != 4 {
		t.Errorf("got to %s in %d requests, want %s in 4", got, srv.Stats().Requests, srv.URL())
	}
}

func TestOtherWaysToAnswer(t *testing.T) {
	for _, c := range []struct {
		name   string
		config server.Config
		check  func(*http.Response) bool
	}{
		{"TLS", server.Config{TLS: true}, func(r *http.Response) bool { return r.TLS != nil }},
		{"chunks", server.Config{Chunked: true, Body: 100_000}, func(r *http.Response) bool {
			return len(r.TransferEncoding) == 1 && r.ContentLength == -1
		}},
		{"no keep-alive", server.Config{NoKeepAlive: true}, func(r *http.Response) bool { return r.Close }},
		{"one request by connection", server.Config{RequestsPerConn: 1}, func(r *http.Response) bool { return r.Close }},
		{"two requests by connection", server.Config{RequestsPerConn: 2}, func(r *http.Response) bool { return !r.Close }},
		{"a backlog of one", server.Config{Backlog: 1}, func(*http.Response) bool { return true }},
	} {
		srv := start(t, c.config)
		response, body := get(t, newClient(t), srv.URL())
		if !json.Valid(body) || response.StatusCode != 200 || !c.check(response) {
			t.Errorf("%s: got %+v", c.name, response)
		}
	}
}

func TestGzipGoesToThoseWhoAcceptIt(t *testing.T) {
	srv := start(t, server.Config{Gzip: true, Body: 10_000})
	client := newClient(t)
	plain, body := get(t, client, srv.URL())
	if plain.Header.Get("Content-Encoding") != "" || len(body) != 10_000 {
		t.Errorf("unasked for: got %v with %d bytes", plain.Header, len(body))
	}
	client.Transport.(*http.Transport).DisableCompression = false // asks for it and unpacks it
	if zipped, body := get(t, client, srv.URL()); !zipped.Uncompressed || len(body) != 10_000 {
		t.Errorf("asked for: got %v with %d bytes", zipped.Header, len(body))
	}
}
