package external_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"sweetspot/server"
	"sweetspot/strategies"
	"sweetspot/strategies/external"
	"sweetspot/strategies/strategytest"
)

// examples are the programs that EXTERNAL.md shows.
var examples = map[string]external.Program{
	"python":     {Name: "client.py", Command: []string{"python3", "../examples/client.py"}, Install: "apt install python3"},
	"javascript": {Name: "client.mjs", Command: []string{"node", "../examples/client.mjs"}, Install: "apt install nodejs"},
}

func everyExample(t *testing.T, test func(t *testing.T, s strategies.Strategy)) {
	for _, example := range examples {
		t.Run(example.Name, func(t *testing.T) {
			s := example.Strategy()
			require(t, s)
			test(t, s)
		})
	}
}

func TestExternalMDShowsTheExamples(t *testing.T) {
	page, err := os.ReadFile("../EXTERNAL.md")
	if err != nil {
		t.Fatal(err)
	}
	for language, example := range examples {
		text, err := os.ReadFile(example.Command[1])
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(page), "```"+language+"\n"+string(text)+"```\n") {
			t.Errorf("EXTERNAL.md does not show %s as it is", example.Command[1])
		}
	}
}

func TestExamplesMakeEachRequestOnceAndHoldTheLimit(t *testing.T) {
	const n, largest = 103, 9
	everyExample(t, func(t *testing.T, s strategies.Strategy) {
		srv := strategytest.Server(t, server.Config{Delay: 50 * time.Millisecond})
		session := strategytest.Open(t, s, strategies.Target{JSON: true}, largest)
		for _, limit := range []int{largest, 4, largest} {
			srv.Reset()
			w := strategytest.NewWork(n, srv.URL(), srv.URL()+"?page=2")
			if err := session.Run(t.Context(), limit, w); err != nil {
				t.Fatal(err)
			}
			w.Check(t)
			if got := w.Classes()[strategies.OK]; got != n {
				t.Errorf("limit %d: %d of %d succeeded: %s", limit, got, n, w.Errors())
			}
			if stats := srv.Stats(); stats.Requests != n || stats.PeakInFlight != int64(limit) {
				t.Errorf("the server saw %d requests, %d in flight, want %d, %d in flight", stats.Requests, stats.PeakInFlight, n, limit)
			}
		}
		if got := srv.Stats().Connections; got > largest {
			t.Errorf("the server saw %d connections, want at most %d", got, largest)
		}
	})
}

func TestExamplesClassifyFailures(t *testing.T) {
	everyExample(t, func(t *testing.T, s strategies.Strategy) {
		for want, url := range map[strategies.Class]string{
			strategies.OK:          strategytest.Server(t, server.Config{}).URL(),
			strategies.BadStatus:   strategytest.Server(t, server.Config{Fail: server.Failures{Status500: 1}}).URL(),
			strategies.Refused:     strategytest.ClosedPort(t),
			strategies.Reset:       strategytest.Server(t, server.Config{Fail: server.Failures{Reset: 1}}).URL(),
			strategies.Truncated:   strategytest.Server(t, server.Config{Fail: server.Failures{Truncate: 1}}).URL(),
			strategies.Timeout:     strategytest.Server(t, server.Config{Fail: server.Failures{Hang: 1}}).URL(),
			strategies.Malformed:   strategytest.RawServer(t, strategytest.Reply("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n\r\n")),
			strategies.BadTLS:      "https" + strategytest.Server(t, server.Config{}).URL()[len("http"):],
			strategies.Undecodable: strategytest.RawServer(t, strategytest.Reply("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello")),
		} {
			w := strategytest.NewWork(4, url)
			strategytest.Run(t, s, strategies.Target{JSON: true, Timeout: 500 * time.Millisecond}, 2, w)
			if got := w.Classes()[want]; got != 4 {
				t.Errorf("got %v, want 4 of class %v: %s", w.Classes(), want, w.Errors())
			}
		}
	})
}
