package strategytest

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"sweetspot/server"
	"sweetspot/strategies"
)

// failuresHaveTheirClass checks that each failure is an outcome of its class and does not stop the run.
func failuresHaveTheirClass(t *testing.T, c candidate) {
	parent := t // the sessions outlive a subtest
	failing := func(f server.Failures) func(t testing.TB) string {
		return func(t testing.TB) string { return c.server(t, server.Config{Fail: f}).URL() }
	}
	type kind struct{ slow, secure bool } // of the failures that share a session
	sessions := map[kind]strategies.Session{}
	for _, failure := range []struct {
		name string
		url  func(t testing.TB) string
		want strategies.Class
	}{
		{"a closed port", c.closedPort, strategies.Refused},
		{"a reset", failing(server.Failures{Reset: 1}), strategies.Reset},
		{"a response that never comes", failing(server.Failures{Hang: 1}), strategies.Timeout},
		{"a status of 500", failing(server.Failures{Status500: 1}), strategies.BadStatus},
		{"a status of 429", failing(server.Failures{Status429: 1}), strategies.BadStatus},
		{"a body that breaks off", failing(server.Failures{Truncate: 1}), strategies.Truncated},
		{"a body that breaks off in a chunk", c.replying("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"), strategies.Truncated},
		{"a head that breaks off", c.replying("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"), strategies.Truncated},
		{"a server that closes the connection", c.overTCP(replying("")), strategies.Reset},
		{"something that is not HTTP", c.overTCP(replying("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n\r\n")), strategies.Malformed},
		{"a chunk without a size", c.replying("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n"), strategies.Malformed},
		{"a length that is no number", c.replying("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nhello"), strategies.Malformed},
		{"a certificate signed by nobody", func(t testing.TB) string {
			return c.server(t, server.Config{TLS: true}).URL()
		}, strategies.BadTLS},
		{"no TLS where TLS is expected", c.overTCP(func(t testing.TB) string {
			return "https" + c.server(t, server.Config{}).URL()[len("http"):]
		}), strategies.BadTLS},
	} {
		t.Run(failure.name, func(t *testing.T) {
			const n = 4
			if failure.url == nil {
				t.Skip("its server speaks another protocol")
			}
			w := NewWork(n, failure.url(t))
			of := kind{failure.want == strategies.Timeout, failure.want == strategies.BadTLS}
			if sessions[of] == nil {
				sessions[of] = openForFailures(parent, c, of.slow, of.secure)
			}
			must(t, sessions[of].Run(t.Context(), n, w))
			w.Check(t)
			got := w.Classes()
			if got[failure.want] != n {
				t.Errorf("got %v, want %d of class %v: %s", w.Classes(), n, failure.want, w.Errors())
			}
		})
	}
}

// openForFailures opens a session whose requests reach their timeout soon, if slow, and that refuses a certificate which nobody
// has signed, if secure.
func openForFailures(t *testing.T, c candidate, slow, secure bool) strategies.Session {
	const limit = 4
	target := strategies.Target{Timeout: answerTimeout, DialTimeout: answerTimeout}
	if slow {
		target.Timeout = 150 * time.Millisecond
	}
	if secure {
		return Open(t, c.Strategy, target, limit)
	}
	return Open(t, c, target, limit)
}

func failuresLeaveOthersAlone(t *testing.T, c candidate) {
	const n = 400
	skipIf(t, c.traits.Retries, "its library repeats requests")
	srv := c.server(t, server.Config{Seed: 1, Fail: server.Failures{Reset: 0.1, Status500: 0.1, Truncate: 0.1}})
	w := NewWork(n, srv.URL())
	Run(t, c, strategies.Target{}, 8, w)
	stats, classes := srv.Stats(), w.Classes()
	if stats.Requests != n {
		t.Errorf("the server saw %d requests, want %d: nothing is repeated", stats.Requests, n)
	}
	for class, saw := range map[strategies.Class]int64{
		strategies.OK:        stats.Status[200],
		strategies.BadStatus: stats.Status[500],
		strategies.Reset:     stats.Unanswered["reset"],
		strategies.Truncated: stats.Unanswered["truncate"],
	} {
		if int64(classes[class]) != saw {
			t.Errorf("%d of class %v, but the server saw %d: %s", classes[class], class, saw, w.Errors())
		}
	}
}

func timeoutExpiresOnAnyConnection(t *testing.T, c candidate) {
	release := make(chan struct{})
	srv := c.site(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/hang" {
			<-release
		}
	})
	defer srv.Close()
	defer close(release)
	timeout := 500 * time.Millisecond
	if c.protocol == strategies.HTTP3 || c.otherProcess {
		timeout = 2 * time.Second // QUIC has handshakes, and an interpreter on a busy machine may need a second
	}
	session := Open(t, c, strategies.Target{Timeout: timeout}, 1)
	for _, request := range []struct {
		path string
		want strategies.Class
	}{{"/", strategies.OK}, {"/hang", strategies.Timeout}, {"/", strategies.OK}} {
		w := NewWork(1, srv.URL+request.path)
		if err := session.Run(t.Context(), 1, w); err != nil {
			t.Fatal(err)
		}
		if got := w.Outcomes[0]; got.Class != request.want {
			t.Errorf("%s: class %v, want %v: %v", request.path, got.Class, request.want, got.Err)
		}
	}
}

// replying is the function replying, for an answer that only a client of HTTP/1.1 understands so far. It returns nil for others.
func (c candidate) replying(text string) func(t testing.TB) string {
	if c.protocol != strategies.HTTP1 {
		return nil
	}
	return replying(text)
}

// replying returns a function that starts a server and returns its URL. The server answers each connection with the text and
// closes it.
func replying(text string) func(t testing.TB) string {
	return func(t testing.TB) string { return RawServer(t, Reply(text)) }
}

// closedPort is ClosedPort, of UDP if the strategy uses that.
func (c candidate) closedPort(t testing.TB) (url string) {
	url = ClosedPort(t)
	if c.protocol == strategies.HTTP3 {
		return "https" + strings.TrimPrefix(url, "http")
	}
	return url
}
