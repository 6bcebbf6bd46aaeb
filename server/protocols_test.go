package server_test

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/quic-go/quic-go/http3"

	"sweetspot/server"
)

// A protocol is one way to speak to the server.
type protocol struct {
	name   string
	http   string // as Stats name it
	secure bool
	enable func(*http.Protocols) // nil for HTTP/3
}

var protocols = []protocol{
	{"HTTP/1.1", "HTTP/1.1", false, func(p *http.Protocols) { p.SetHTTP1(true) }},
	{"HTTP/1.1 over TLS", "HTTP/1.1", true, func(p *http.Protocols) { p.SetHTTP1(true) }},
	{"HTTP/2 with prior knowledge", "HTTP/2", false, func(p *http.Protocols) { p.SetUnencryptedHTTP2(true) }},
	{"HTTP/2 over TLS", "HTTP/2", true, func(p *http.Protocols) { p.SetHTTP2(true) }},
	{"HTTP/3", "HTTP/3", true, nil},
}

// multiplexing are the protocols with several requests at a time on a connection.
func multiplexing() []protocol {
	return slices.DeleteFunc(slices.Clone(protocols), func(p protocol) bool { return p.http == "HTTP/1.1" })
}

// config returns the config of a server that speaks the protocol.
func (p protocol) config(c server.Config) server.Config {
	c.TLS, c.HTTP3 = p.secure, p.enable == nil
	return c
}

func (p protocol) url(srv *server.Server) string { return srv.URL() }

// client returns a client that speaks only this protocol, follows no redirects and accepts every certificate.
func (p protocol) client(t *testing.T) *http.Client {
	jar, _ := cookiejar.New(nil)
	return &http.Client{
		Transport:     p.transport(t, false),
		Jar:           jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// transport returns what a client of the protocol makes its requests with.
func (p protocol) transport(t *testing.T, compressed bool) http.RoundTripper {
	secure := &tls.Config{InsecureSkipVerify: true}
	if p.enable == nil {
		transport := &http3.Transport{TLSClientConfig: secure, DisableCompression: !compressed}
		t.Cleanup(func() { transport.Close() })
		return transport
	}
	transport := &http.Transport{
		TLSClientConfig: secure, DisableCompression: !compressed, MaxIdleConnsPerHost: 100, Protocols: new(http.Protocols),
	}
	p.enable(transport.Protocols)
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}

func TestEveryEndpointAnswersTheSameWhateverTheProtocol(t *testing.T) {
	for _, p := range protocols {
		t.Run(p.name, func(t *testing.T) {
			srv := start(t, p.config(server.Config{Body: 100, Gzip: true}))
			client := p.client(t)
			for _, c := range []struct {
				method, path string
				status, size int
			}{
				{"GET", "private", 401, 60},
				{"GET", "", 200, 100},
				{"HEAD", "", 200, 0},
				{"POST", "any/path?q=1", 200, 100},
				{"GET", "redirect/3", 302, 0},
				{"GET", "redirect/x", 400, 49},
				{"GET", "login", 200, 17},
				{"GET", "private", 200, 100},
				{"PUT", "-/stats", 405, 46},
			} {
				request, err := http.NewRequest(c.method, srv.URL()+c.path, strings.NewReader("a body"))
				if err != nil {
					t.Fatal(err)
				}
				response, err := client.Do(request)
				if err != nil {
					t.Fatal(err)
				}
				body, err := io.ReadAll(response.Body)
				response.Body.Close()
				if err != nil || response.StatusCode != c.status || len(body) != c.size {
					t.Errorf("%s /%s: status %d, %q, %v, want %d and %d bytes", c.method, c.path, response.StatusCode, body, err, c.status, c.size)
				}
				if got, want := response.ProtoMajor, int(p.http[len("HTTP/")]-'0'); got != want {
					t.Errorf("the answer is of HTTP/%d, want %d", got, want)
				}
			}
			if got := srv.Stats(); got.Requests != 8 || got.Protocols[p.http] != 8 || got.Connections != 1 {
				t.Errorf("got %+v, want 8 requests on a connection", got)
			}
		})
	}
}

func TestBodiesAreChunkedOrCompressedWhateverTheProtocol(t *testing.T) {
	for _, p := range protocols {
		srv := start(t, p.config(server.Config{Body: 5000, Gzip: true, Chunked: true}))
		client := p.client(t)
		client.Transport = p.transport(t, true)
		response, body := get(t, client, srv.URL())
		if !response.Uncompressed || len(body) != 5000 || response.ContentLength != -1 {
			t.Errorf("%s: compressed %v, %d bytes, length %d, want 5000 bytes, compressed, in chunks",
				p.name, response.Uncompressed, len(body), response.ContentLength)
		}
	}
}

// together makes n requests at the same time.
func together(t *testing.T, n int, client *http.Client, url string) {
	var all sync.WaitGroup
	defer all.Wait()
	for range n {
		all.Go(func() {
			response, err := client.Get(url)
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, response.Body)
			response.Body.Close()
		})
	}
}

func TestStatsCountStreams(t *testing.T) {
	const n = 20
	for _, p := range multiplexing() {
		srv := start(t, p.config(server.Config{Delay: 400 * time.Millisecond}))
		client := p.client(t)
		get(t, client, srv.URL()) // so that the connection is there
		srv.Reset()
		together(t, n, client, srv.URL())
		want := server.Stats{
			Requests: n, PeakInFlight: n, Connections: 1, Status: map[int]int64{200: n}, Streams: n, Protocols: map[string]int64{p.http: n},
		}
		if diff := cmp.Diff(want, srv.Stats(), timeless); diff != "" {
			t.Errorf("%s: %s", p.name, diff)
		}
	}
}

func TestMaxStreamsBoundsAConnection(t *testing.T) {
	for _, p := range multiplexing() {
		srv := start(t, p.config(server.Config{Delay: 50 * time.Millisecond, MaxStreams: 3}))
		client := p.client(t)
		get(t, client, srv.URL())
		together(t, 9, client, srv.URL())
		if got := srv.Stats(); got.Streams != 3 || got.Requests != 10 {
			t.Errorf("%s: got %+v, want at most 3 streams at a time", p.name, got)
		}
	}
}

func TestConnectionsEndAfterTheirRequestsWhateverTheProtocol(t *testing.T) {
	for _, p := range protocols {
		if p.enable == nil {
			continue // its connections have no such bound
		}
		srv := start(t, p.config(server.Config{RequestsPerConn: 3}))
		client := p.client(t)
		for range 9 {
			get(t, client, srv.URL())
		}
		if got := srv.Stats().Connections; got != 3 {
			t.Errorf("%s: %d connections, want 3 with 3 requests each", p.name, got)
		}
	}
}

func TestCloseAnswersWhatIsInFlightWhateverTheProtocol(t *testing.T) {
	for _, p := range protocols {
		srv := start(t, p.config(server.Config{Delay: 50 * time.Millisecond, Drain: time.Minute}))
		idle, client := p.client(t), p.client(t)
		get(t, idle, srv.URL())
		answer := inFlight(t, srv, client)
		began := time.Now()
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
		if err := <-answer; err != nil {
			t.Errorf("%s: %v", p.name, err)
		}
		if took := time.Since(began); took > 30*time.Second {
			t.Errorf("%s: Close took %v, want that it ends once all is answered", p.name, took)
		}
	}
}

func TestCloseCutsOffStreamsAfterDrain(t *testing.T) {
	for _, p := range multiplexing() {
		srv, err := server.Start(p.config(server.Config{Capacity: fullForAnHour, Drain: 20 * time.Millisecond}))
		if err != nil {
			t.Fatal(err)
		}
		client := p.client(t)
		answers := []<-chan error{inFlight(t, srv, client), inFlight(t, srv, client)}
		if err := srv.Close(); err == nil || !strings.Contains(err.Error(), "2 requests were not answered within 20ms") {
			t.Errorf("%s: got %v", p.name, err)
		}
		for _, answer := range answers {
			if <-answer == nil {
				t.Errorf("%s: a request has an answer", p.name)
			}
		}
		if got := srv.Stats(); got.Unanswered["cut"] != 2 || got.InFlight != 0 {
			t.Errorf("%s: got %+v, want 2 that were cut off", p.name, got)
		}
	}
}

// A client that has sent only the beginning of something keeps nothing open when the server closes.
func TestCloseEndsConnectionsWhoseProtocolIsNotKnownYet(t *testing.T) {
	for _, begun := range []string{"", "P", "PRI * HTTP/2.0\r\n"} {
		srv := start(t, server.Config{Drain: time.Minute})
		conn, err := net.Dial("tcp", strings.Trim(srv.URL()[len("http:"):], "/"))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(conn, begun)
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
		conn.Close()
	}
}

func TestWhatIsNoRequestIsAnsweredWithItsFault(t *testing.T) {
	srv := start(t, server.Config{})
	for sent, want := range map[string]string{
		"garbage\r\n\r\n": "HTTP/1.1 400 ",
		"GET / HTTP/1.1\r\nX: " + strings.Repeat("x", 1<<16) + "\r\n\r\n":         "HTTP/1.1 431 ",
		"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n" + "body": "HTTP/1.1 413 ",
	} {
		conn, err := net.Dial("tcp", strings.Trim(srv.URL()[len("http:"):], "/"))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(conn, sent)
		got := make([]byte, len(want))
		if _, err := io.ReadFull(conn, got); err != nil || string(got) != want {
			t.Errorf("%.20q: got %q, %v, want %q", sent, got, err, want)
		}
		conn.Close()
	}
}
