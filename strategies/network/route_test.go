package network

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestParseProxy(t *testing.T) {
	for text, want := range map[string]string{
		"http://127.0.0.1:3128":       "http://127.0.0.1:3128",
		"https://proxy.example":       "https://proxy.example:443",
		"http://proxy.example/":       "http://proxy.example:80",
		"socks5://me:p%40ss@[::1]":    "socks5://me:p%40ss@[::1]:1080",
		"socks5h://127.0.0.1:9050":    "socks5://127.0.0.1:9050",
		"HTTP://me@proxy.example:080": "http://me@proxy.example:080",
	} {
		got, err := ParseProxy(text)
		if err != nil || got.String() != want {
			t.Errorf("%s: got %v, %v, want %s", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"":                         "want a URL such as",
		"127.0.0.1:3128":           "want a URL such as",
		"localhost:3128":           "want a URL such as",
		"http://":                  "want a URL such as",
		"http://:3128":             "want a URL such as",
		"http://host:0":            "want a URL such as",
		"http://host:70000":        "want a URL such as",
		"http://me:secret@host:a":  "want a URL such as",
		"ftp://me:secret@host:21":  `the scheme "ftp": want http, https or socks5`,
		"socks4://host":            "want http, https or socks5",
		"http://host/path":         "more than a host",
		"http://host?query":        "more than a host",
		"http://a%3Ab:secret@host": "colon",
		"socks5://:secret@host":    "want a name",
		"socks5://me:" + strings.Repeat("secret", 50) + "@host": "255 bytes",
	} {
		got, err := ParseProxy(text)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: got %v, %v, want an error with %q and without the password", text, got, err, want)
		}
	}
}

func TestParseDetour(t *testing.T) {
	for text, want := range map[string]Detour{
		"a.example:443:127.0.0.1:8443": {"a.example", "443", "127.0.0.1", "8443"},
		":::":                          {},
		"::b.example:":                 {ToHost: "b.example"},
		"[::1]:80:[fe80::2]:81":        {"::1", "80", "fe80::2", "81"},
	} {
		got, err := ParseDetour(text)
		if err != nil || got != want || got.String() != text {
			t.Errorf("%s: got %q, %v, want %+v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "a", "a:1", "a:1:b", "a:1:b:2:3", "a:x:b:2", "a:1:b:0", "a:1:b:65536", "[::1:80:b:2", "[::1]80:b:2", "::1:80:b:2", "http://a:1:b:2"} {
		if got, err := ParseDetour(text); err == nil || !strings.Contains(err.Error(), "HOST:PORT:HOST2:PORT2") {
			t.Errorf("%s: got %+v, %v, want an error that shows the form", text, got, err)
		}
	}
}

func FuzzParseDetour(f *testing.F) {
	f.Add("[::1]:80:b.example:81")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseDetour(text)
		if err != nil {
			return
		}
		if again, err := ParseDetour(d.String()); err != nil || again != d {
			t.Errorf("%q gave %+v, which as a text gives %+v, %v", text, d, again, err)
		}
	})
}

func TestDetoursCountInTheirOrder(t *testing.T) {
	r := Route{Detours: []Detour{{FromHost: "a", FromPort: "80", ToPort: "8080"}, {FromHost: "A", ToHost: "b"}, {FromPort: "1", ToHost: "c", ToPort: "2"}}}
	for from, want := range map[[2]string][2]string{
		{"a", "80"}: {"a", "8080"}, {"a", "443"}: {"b", "443"}, {"d", "1"}: {"c", "2"}, {"d", "80"}: {"d", "80"},
	} {
		host, port, elsewhere := r.detour(from[0], from[1])
		if got := [2]string{host, port}; got != want || elsewhere != (from != want) {
			t.Errorf("%v leads to %v, elsewhere %v, want %v", from, got, elsewhere, want)
		}
	}
}

func TestCertificatesThatCannotBeUsedAreErrorsThatSayWhatWouldBeRight(t *testing.T) {
	folder := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	empty, missing := file("empty.pem", ""), filepath.Join(folder, "none.pem")
	if _, err := LoadAuthorities(empty); err == nil || !strings.Contains(err.Error(), "no certificate in it: want") {
		t.Errorf("authorities without a certificate: %v", err)
	}
	if _, err := LoadKeyPair(empty, empty); err == nil || !strings.Contains(err.Error(), "want a certificate and the key that belongs to it") {
		t.Errorf("a certificate without anything: %v", err)
	}
	for _, err := range []error{second(LoadAuthorities(missing)), second(LoadKeyPair(missing, empty)), second(LoadKeyPair(empty, missing))} {
		if err == nil || !strings.Contains(err.Error(), "no such file") {
			t.Errorf("a missing file: %v", err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestPathsLeadToWhereConnectionsAreMade(t *testing.T) {
	parse := func(text string) Route {
		proxy, err := ParseProxy(text)
		if err != nil {
			t.Fatal(err)
		}
		return Route{Proxy: proxy}
	}
	elsewhere := parse("http://p:1")
	elsewhere.Detours = []Detour{{FromHost: "h", ToHost: "d"}}
	for _, c := range []struct {
		name   string
		route  Route
		port   string
		secure bool
		want   path
	}{
		{"straight", Route{}, "80", false, path{host: "h", port: "80"}},
		{"a socket", Route{UnixSocket: "/s"}, "80", true, path{socket: "/s"}},
		{"a proxy", parse("http://p:1"), "80", false, path{host: "p", port: "1", origin: "http://h"}},
		{"a proxy, with a port", parse("https://p:1"), "81", false, path{host: "p", port: "1", origin: "http://h:81"}},
		{"a proxy and TLS", parse("http://p:1"), "443", true, path{host: "p", port: "1", tunnel: "h:443"}},
		{"SOCKS", parse("socks5://p"), "80", false, path{host: "p", port: "1080", tunnel: "h:80"}},
		{"a detour", Route{Detours: elsewhere.Detours}, "80", false, path{host: "d", port: "80"}},
		{"a proxy and a detour", elsewhere, "80", false, path{host: "p", port: "1", tunnel: "d:80"}},
	} {
		if got := New(0, 0).Via(c.route, false).path("h", c.port, c.secure); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

// However a request comes in pieces, its first line gets the origin and is followed by the login.
func FuzzAbsoluteForm(f *testing.F) {
	f.Add("GET /a b HTTP/1.1\r\nHost: h\r\n\r\nbody \n x", 3, 20)
	f.Fuzz(func(t *testing.T, request string, first, second int) {
		form := newAbsoluteForm("http://h", "Basic x")
		for range 2 { // it may be used again
			form.begin()
			var got string
			for _, piece := range pieces(request, first, second) {
				got += string(form.rewrite([]byte(piece)))
			}
			want := request
			if method, rest, found := strings.Cut(request, " "); found {
				want = method + " http://h" + rest
				if line, rest, found := strings.Cut(rest, "\n"); found {
					want = method + " http://h" + line + "\nProxy-Authorization: Basic x\r\n" + rest
				}
			}
			if got != want {
				t.Fatalf("%q in pieces of %d and %d gave %q, want %q", request, first, second, got, want)
			}
		}
	})
}

func pieces(text string, first, second int) []string {
	a := min(max(first, 0), len(text))
	b := min(max(second, a), len(text))
	return []string{text[:a], text[a:b], text[b:]}
}

func FuzzTunnelAnswer(f *testing.F) {
	f.Add("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
	f.Add("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 407 No\r\n\r\n")
	f.Fuzz(func(t *testing.T, answer string) {
		rest := strings.NewReader(answer)
		status, err := readTunnelAnswer(rest)
		if err == nil && (status < 200 || status > 999) {
			t.Errorf("%q: status %d", answer, status)
		}
		if head := answer[:len(answer)-rest.Len()]; err == nil && !strings.HasSuffix(head, "\n") {
			t.Errorf("%q: it read on after the head: %q", answer, head)
		}
	})
}
