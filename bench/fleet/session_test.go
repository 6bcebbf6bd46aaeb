package fleet_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"sweetspot/bench"
	"sweetspot/bench/fleet"
	"sweetspot/bench/requests"
	"sweetspot/results"
	"sweetspot/strategies"
)

// program is a strategy whose sessions have a version, and can be blamed.
type program struct {
	idle
	version string
	err     error // of Open
}

func (p program) Open(context.Context, strategies.Target, int) (strategies.Session, error) {
	return p, p.err
}
func (p program) Version() string { return p.version }
func (p program) Contradicted(why error) error {
	return fmt.Errorf("%s is to blame: %w", p.version, why)
}

// programs starts a coordinator and agents with these programs, by name.
func programs(t *testing.T, all map[string]program) *fleet.Fleet {
	t.Helper()
	f := listen(t, fleet.Options{Agents: len(all)})
	for name, p := range all {
		serve(t, f, name, func(o *fleet.AgentOptions) {
			o.Strategies = func(string) (strategies.Strategy, error) { return p, nil }
		})
	}
	if err := f.Join(t.Context()); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestAStrategyThatAnAgentCannotOpenIsNotOpened(t *testing.T) {
	t.Parallel()
	f := programs(t, map[string]program{"a": {version: "1"}, "b": {err: fmt.Errorf("program: install it: %w", strategies.ErrExpect)}})
	_, err := f.Strategy(program{}).Open(t.Context(), strategies.Target{}, 3)
	if err == nil || !strings.Contains(err.Error(), "agent b: program: install it") || !errors.Is(err, strategies.ErrExpect) || errors.Is(err, strategies.ErrHandle) {
		t.Errorf("%v", err)
	}
	target := strategies.Target{Handle: func(*strategies.Request, strategies.Answer) error { return nil }}
	if _, err := f.Strategy(program{}).Open(t.Context(), target, 3); !errors.Is(err, strategies.ErrHandle) {
		t.Errorf("a Handle: %v", err)
	}
}

func TestAgentsWithDifferentSoftwareAreNamed(t *testing.T) {
	t.Parallel()
	f := programs(t, map[string]program{"a": {version: "1"}, "b": {version: "2"}})
	s, err := f.Strategy(program{}).Open(t.Context(), strategies.Target{}, 4)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got := s.(strategies.Versioned).Version(); got != "a: 1; b: 2" {
		t.Errorf("version %q", got)
	}
	if err := s.(strategies.Accountable).Contradicted(errors.New("one too many")); err == nil || !strings.Contains(err.Error(), "is to blame: one too many") {
		t.Errorf("blamed: %v", err)
	}
	load := bench.Load{URLs: bench.List{"http://127.0.0.1/"}, Requests: 20}
	m := measured(t, s.(bench.Remote), bench.Order{Load: load, Limit: 4}, func() {})
	if w := warned(m.Parts[1], results.AgentDiffers); !strings.Contains(w.Text, "differs from a: it has 2, and not 1") {
		t.Errorf("warnings of b: %v", m.Parts[1].Warnings)
	}
}

func TestAgentsThatFindOtherAddressesAreNamed(t *testing.T) {
	t.Parallel()
	f := programs(t, map[string]program{"a": {}, "b": {}})
	s, err := f.Strategy(program{}).Open(t.Context(), strategies.Target{}, 4)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	f.SetAddresses("a", "example.com is 10.0.0.1")
	f.SetAddresses("b", "example.com is 10.0.0.2")
	load := bench.Load{URLs: bench.List{"http://127.0.0.1/"}, Requests: 20}
	m := measured(t, s.(bench.Remote), bench.Order{Load: load, Limit: 4}, func() {})
	if w := warned(m.Parts[1], results.AgentDiffers); !strings.Contains(w.Text, "differs from a: for it example.com is 10.0.0.2, and for the other example.com is 10.0.0.1") {
		t.Errorf("warnings of b: %v", m.Parts[1].Warnings)
	}
}

// A slow agent makes the figure no wrong one, but it is not what its machine may be taken for.
func TestASlowAgentIsNamed(t *testing.T) {
	t.Parallel()
	f := programs(t, map[string]program{"a": {idle: idle{2 * time.Millisecond}}, "b": {idle: idle{40 * time.Millisecond}}})
	s, err := f.Strategy(program{}).Open(t.Context(), strategies.Target{}, 40)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	load := bench.Load{URLs: bench.List{"http://127.0.0.1/"}, Duration: 200 * time.Millisecond}
	for _, limit := range []int{4, 40} { // with 4, it has time for a few requests only
		load.Completions = int64(10 * limit)
		m := measured(t, s.(bench.Remote), bench.Order{Load: load, Limit: limit}, func() {})
		if w := warned(m.Parts[1], results.AgentSlower); w.Numbers["ratio"] == 0 {
			t.Errorf("limit %d: warnings of b: %v", limit, m.Parts[1].Warnings)
		}
	}
}

func TestAnAgentThatCannotReachTheTargetSaysSo(t *testing.T) {
	t.Parallel()
	srv := newCounting(t, after(0))
	f, _ := joined(t, fleet.Options{}, "a", "b")
	pool := []strategies.Strategy{idle{}}
	if err := f.Reach(t.Context(), bench.Load{URLs: bench.List{srv.URL}}, pool); err != nil {
		t.Error(err)
	}
	for _, m := range f.Members() {
		if len(m.Addresses) != 1 || m.Addresses[0] != "127.0.0.1 is 127.0.0.1" {
			t.Errorf("agent %s has found %q", m.Name, m.Addresses)
		}
	}
	err := f.Reach(t.Context(), bench.Load{URLs: bench.List{"http://127.0.0.1:1/"}}, pool)
	if !errors.Is(err, fleet.ErrUnreachable) {
		t.Fatalf("%v", err)
	}
	for _, name := range []string{"a", "b"} {
		if want := "agent " + name + ": the target is out of reach: 127.0.0.1:1: "; !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// A list that is longer than a message, with messages of single requests, headers for hosts and cookies: each request is made once, as
// it is.
func TestALongListIsRequestedOnceByAllAgentsTogether(t *testing.T) {
	t.Parallel()
	var (
		mu   sync.Mutex
		seen = map[string]string{}
	)
	srv := newCounting(t, func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		seen[r.URL.Path] += r.Method + r.Header.Get("A") + r.Header.Get("Cookie")
	})
	const n = 600
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, "curl -X %s %s/%05d/%s\n", []string{"GET", "DELETE"}[i%2], srv.URL, i, strings.Repeat("x", 100))
	}
	list, err := requests.Parse(text.String())
	if err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	jar, headers := strategies.NewCookies(), requests.HostHeaders{}
	jar.Set(at, "c=d; Path=/")
	if err := headers.Add(at.Host, http.Header{"A": {"b"}}); err != nil {
		t.Fatal(err)
	}
	load := bench.Load{URLs: list, Messages: requests.NewPerHost(list, headers, jar), Requests: n}
	f, _ := joined(t, fleet.Options{}, "a", "b", "c")
	s := open(t, f, load, 7)
	measured(t, s, bench.Order{Load: load, Limit: 7}, func() { mu.Lock(); defer mu.Unlock(); clear(seen) })
	for i := range n {
		path, want := fmt.Sprintf("/%05d/%s", i, strings.Repeat("x", 100)), []string{"GET", "DELETE"}[i%2]+"bc=d"
		if seen[path] != want {
			t.Fatalf("request %d: %q, want %q once", i, seen[path], want)
		}
	}
}
