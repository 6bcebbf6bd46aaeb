package server_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"sweetspot/server"
)

func TestBodyIsJSONOfTheConfiguredSize(t *testing.T) {
	for _, size := range []int{2, 3, 10, 11, 12, 1000, 10 << 20} {
		srv := start(t, server.Config{Body: size})
		response, body := get(t, newClient(t), srv.URL())
		var object map[string]any
		if err := json.Unmarshal(body, &object); err != nil || len(body) != size || response.StatusCode != 200 {
			t.Errorf("body %d: got %d bytes, status %d, %v", size, len(body), response.StatusCode, err)
		}
	}
}

func TestGzipIsSentOnlyToClientsThatAcceptIt(t *testing.T) {
	srv := start(t, server.Config{Gzip: true, Body: 10_000})
	client := newClient(t)
	plain, body := get(t, client, srv.URL())
	if plain.Header.Get("Content-Encoding") != "" || len(body) != 10_000 {
		t.Errorf("a client that does not accept gzip: got %v with %d bytes", plain.Header, len(body))
	}
	client.Transport.(*http.Transport).DisableCompression = false // net/http then accepts gzip and decompresses it
	if gzipped, body := get(t, client, srv.URL()); !gzipped.Uncompressed || len(body) != 10_000 {
		t.Errorf("a client that accepts gzip: got %v with %d bytes", gzipped.Header, len(body))
	}
}
