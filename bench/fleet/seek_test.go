package fleet_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"sweetspot/bench"
	"sweetspot/bench/fleet"
	"sweetspot/strategies"
)

// said are the lines of a log.
type said struct {
	mu    sync.Mutex
	lines []string
}

func (s *said) say(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, line)
}

// has reports whether a line contains the text.
func (s *said) has(text string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.lines, func(line string) bool { return strings.Contains(line, text) })
}

func TestAnAgentWithoutACoordinatorGivesUp(t *testing.T) {
	t.Parallel()
	var log said
	err := fleet.Serve(t.Context(), fleet.AgentOptions{
		Join: "nats://127.0.0.1:1", Name: "a", Strategies: strategies.Get, Patience: 400 * time.Millisecond, Log: log.say,
	})
	if !errors.Is(err, fleet.ErrNoCoordinator) || !strings.Contains(err.Error(), "no coordinator within 400ms: nats://127.0.0.1:1: nobody listens there, or it is out of reach") {
		t.Errorf("%v", err)
	}
	if !log.has("waiting for a coordinator: nats://127.0.0.1:1: ") || len(log.lines) != 1 {
		t.Errorf("it says %q", log.lines)
	}
}

func TestAnAgentWaitsForACoordinator(t *testing.T) {
	t.Parallel()
	srv, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	srv.Start()
	t.Cleanup(func() { srv.Shutdown(); srv.WaitForShutdown() })
	options := func(token string) fleet.Options {
		return fleet.Options{Agents: 1, Version: version, NATS: srv.ClientURL(), Token: token, Lease: time.Minute}
	}
	other, err := fleet.Listen(t.Context(), options("other"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(other.Close)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- fleet.Serve(ctx, fleet.AgentOptions{Join: srv.ClientURL(), Token: "own", Name: "a", Version: version, Strategies: strategies.Get, Stay: true})
	}()
	for range 2 { // one coordinator after the other, as it is to stay
		f, err := fleet.Listen(t.Context(), options("own"))
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Join(t.Context()); err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("it ends with %v", err)
	}
	if n := len(other.Members()); n != 0 {
		t.Errorf("%d agents have joined a coordinator with another token", n)
	}
}

func TestACompleteFleetAsksForNoAgents(t *testing.T) {
	t.Parallel()
	f := listen(t, fleetOf(2))
	serve(t, f, "a")
	serve(t, f, "b")
	if err := f.Join(t.Context()); err != nil {
		t.Fatal(err)
	}
	// A fleet that is complete asks for no agents.
	c := serve(t, f, "c", func(o *fleet.AgentOptions) { o.Patience = 500 * time.Millisecond })
	if err := <-c.err; !errors.Is(err, fleet.ErrNoCoordinator) {
		t.Errorf("it ends with %v", err)
	}
}

func TestASecondAgentOfANameIsRefused(t *testing.T) {
	t.Parallel()
	f := listen(t, fleet.Options{Agents: 2, Lease: 500 * time.Millisecond, JoinTimeout: 5 * time.Second})
	first, second := serve(t, f, "a"), serve(t, f, "a")
	var err error
	select {
	case err = <-first.err:
	case err = <-second.err:
	}
	if !errors.Is(err, fleet.ErrRefused) || !strings.Contains(err.Error(), "another agent has the name a: want a name of its own for each") {
		t.Errorf("it ends with %v", err)
	}
}

// Also one whose patience ends before its name can be free says why it was not taken.
func TestAnImpatientAgentSaysWhyItWasRefused(t *testing.T) {
	t.Parallel()
	f := listen(t, fleet.Options{Agents: 2})
	first := serve(t, f, "a")
	for len(f.Members()) == 0 {
		time.Sleep(10 * time.Millisecond)
	}
	second := serve(t, f, "a", func(o *fleet.AgentOptions) { o.Patience = time.Second })
	if err := <-second.err; !errors.Is(err, fleet.ErrRefused) || !strings.Contains(err.Error(), "another agent has the name a") {
		t.Errorf("it ends with %v", err)
	}
	first.stop()
}

func TestWrongOptionsAreAllNamed(t *testing.T) {
	t.Parallel()
	_, err := fleet.Listen(t.Context(), fleet.Options{Listen: "nonsense", JoinTimeout: -1, Lease: time.Millisecond})
	for _, want := range []string{"0 agents: want at least 1", `"nonsense": want an address to listen on, such as 127.0.0.1:4222`, "a wait of -1ns", "a lease of 1ms: want at least 100ms"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	err = fleet.Serve(t.Context(), fleet.AgentOptions{Join: "http://me:secret@a", Name: "a b"})
	for _, want := range []string{"the URL of the NATS server: want one such as nats://127.0.0.1:4222", `the name "a b": want 1 to 64 characters without blanks`, "no strategies"} {
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%v, want %q", err, want)
		}
	}
	first := listen(t, fleet.Options{Agents: 1})
	address := strings.TrimPrefix(first.Address(), "nats://")
	if _, err := fleet.Listen(t.Context(), fleet.Options{Agents: 1, Listen: address}); err == nil || !strings.HasSuffix(err.Error(), "it cannot listen on "+address+": address already in use") {
		t.Errorf("an address in use: %v", err)
	}
	if _, err := fleet.Listen(t.Context(), fleet.Options{Agents: 1, NATS: "nats://me:secret@127.0.0.1:1"}); err == nil || !strings.Contains(err.Error(), "nats://127.0.0.1:1: ") {
		t.Errorf("a server that is not there: %v", err)
	}
}

// Over TLS an agent that does not know the authority does not join.
func TestAgentsJoinOverTLS(t *testing.T) {
	t.Parallel()
	https := httptest.NewTLSServer(nil)
	defer https.Close()
	authorities := x509.NewCertPool()
	authorities.AddCert(https.Certificate())
	f := listen(t, fleet.Options{Agents: 1, TLS: &tls.Config{Certificates: https.TLS.Certificates, MinVersion: tls.VersionTLS13}})
	if !strings.HasPrefix(f.Address(), "tls://127.0.0.1:") {
		t.Errorf("address %s", f.Address())
	}
	stranger := serve(t, f, "b", func(o *fleet.AgentOptions) { o.Patience = 400 * time.Millisecond })
	if err := <-stranger.err; !errors.Is(err, fleet.ErrNoCoordinator) || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("it ends with %v", err)
	}
	serve(t, f, "a", func(o *fleet.AgentOptions) { o.TLS = &tls.Config{RootCAs: authorities, MinVersion: tls.VersionTLS13} })
	if err := f.Join(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// What is wrong with TLS is said by what would be right.
func TestAnAgentSaysWhatIsWrongWithItsTLS(t *testing.T) {
	t.Parallel()
	https := httptest.NewTLSServer(nil)
	defer https.Close()
	authorities := x509.NewCertPool()
	authorities.AddCert(https.Certificate())
	plain := listen(t, fleet.Options{Agents: 1})
	strict := listen(t, fleet.Options{Agents: 1, TLS: &tls.Config{
		Certificates: https.TLS.Certificates, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: authorities, MinVersion: tls.VersionTLS13,
	}})
	for name, c := range map[string]struct {
		at   *fleet.Fleet
		join string
		want string
	}{
		"the coordinator has none": {plain, strings.Replace(plain.Address(), "nats://", "tls://", 1), "it does not speak TLS: want a URL that begins with nats://"},
		"it wants a certificate":   {strict, strict.Address(), "it closed the connection after the TLS handshake: want a certificate that it accepts"},
	} {
		a := serve(t, c.at, "a", func(o *fleet.AgentOptions) {
			o.Join, o.Patience, o.TLS = c.join, 400*time.Millisecond, &tls.Config{RootCAs: authorities, MinVersion: tls.VersionTLS13}
		})
		if err := <-a.err; !errors.Is(err, fleet.ErrNoCoordinator) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: it ends with %v", name, err)
		}
	}
}

func TestTheSmallestNumberOfOpenFilesIsSaid(t *testing.T) {
	t.Parallel()
	var log said
	f := listen(t, fleet.Options{Agents: 2, Log: log.say})
	serve(t, f, "a", func(o *fleet.AgentOptions) { o.Machine.OpenFiles = 1024 })
	serve(t, f, "b", func(o *fleet.AgentOptions) { o.Machine.OpenFiles = 4096 })
	if err := f.Join(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !log.has("agent a may open 1024 files, b 4096: the smallest number decides how large a limit can be") {
		t.Errorf("it says %q", log.lines)
	}
}

// An agent without its coordinator stops its load when the lease has run out.
func TestAnAgentStopsItsLoadWithoutItsCoordinator(t *testing.T) {
	t.Parallel()
	srv := newCounting(t, after(5*time.Millisecond))
	p := newPair(t, time.Second)
	load := bench.Load{URLs: bench.List{srv.URL}, Duration: time.Minute}
	s := open(t, p.Fleet, load, 4)
	_, err := s.Measure(t.Context(), bench.Order{Load: load, Limit: 4}, once(func() { p.cable.hold(true) }))
	if !errors.Is(err, bench.ErrVoid) {
		t.Fatal(err)
	}
	for quiet := time.Duration(0); quiet < 300*time.Millisecond; quiet += 50 * time.Millisecond { // until no request comes any more
		before := srv.requests.Load()
		time.Sleep(50 * time.Millisecond)
		if srv.requests.Load() != before {
			quiet = 0
		}
	}
}
