package strategytest

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"sweetspot/server"
	"sweetspot/strategies"
)

// Each failure is an outcome of its class, and does not stop the run.
func failuresHaveTheirClass(t *testing.T, c candidate) {
	everything := func(f server.Failures) func(t *testing.T) string {
		return func(t *testing.T) string { return Server(t, server.Config{Fail: f}).URL() }
	}
	for _, failure := range []struct {
		name string
		url  func(t *testing.T) string
		want strategies.Class
	}{
		{"a closed port", func(t *testing.T) string { return ClosedPort(t) }, strategies.Refused},
		{"a reset", everything(server.Failures{Reset: 1}), strategies.Reset},
		{"a response that never comes", everything(server.Failures{Hang: 1}), strategies.Timeout},
		{"a status of 500", everything(server.Failures{Status500: 1}), strategies.BadStatus},
		{"a status of 429", everything(server.Failures{Status429: 1}), strategies.BadStatus},
		{"a body that breaks off", everything(server.Failures{Truncate: 1}), strategies.Truncated},
		{"a body that breaks off in a chunk", says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"), strategies.Truncated},
		{"a head that breaks off", says("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"), strategies.Truncated},
		{"a server that closes the connection", says(""), strategies.Reset},
		{"something that is not HTTP", says("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n\r\n"), strategies.Malformed},
		{"a chunk without a size", says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n"), strategies.Malformed},
		{"a length that is no number", says("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nhello"), strategies.Malformed},
		{"a certificate signed by nobody", func(t *testing.T) string {
			return Server(t, server.Config{TLS: true}).URL()
		}, strategies.BadTLS},
		{"no TLS where TLS is expected", func(t *testing.T) string {
			return "https" + Server(t, server.Config{}).URL()[len("http"):]
		}, strategies.BadTLS},
	} {
		t.Run(failure.name, func(t *testing.T) {
			const n = 4
			w := NewWork(n, failure.url(t))
			target := strategies.Target{}
			if failure.want == strategies.Timeout {
				target.Timeout = 150 * time.Millisecond
			}
			Run(t, c, target, 4, w)
			got := w.Classes()
			if c.traits.LenientParser && slices.Contains(lenientFailures, failure.name) {
				got[failure.want] += got[strategies.Reset] + got[strategies.OK]
			}
			if got[failure.want] != n {
				t.Errorf("got %v, want %d of class %v: %s", w.Classes(), n, failure.want, w.Errors())
			}
		})
	}
}

// lenientFailures lists the failures that a client with a lenient parser may take for a reset, or for a success.
var lenientFailures = []string{"a head that breaks off", "a length that is no number"}

func failuresLeaveOthersAlone(t *testing.T, c candidate) {
	const n = 400
	skipIf(t, c.traits.Retries, "its library repeats requests")
	srv := Server(t, server.Config{Seed: 1, Fail: server.Failures{Reset: 0.1, Status500: 0.1, Truncate: 0.1}})
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
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/hang" {
			<-release
		}
	}))
	defer srv.Close()
	defer close(release)
	session := Open(t, c, strategies.Target{Timeout: 200 * time.Millisecond}, 1)
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

// says returns a server that reads a request, answers everyone with the same text and closes the connection.
func says(text string) func(t *testing.T) string {
	return func(t *testing.T) string { return RawServer(t, Reply(text)) }
}
