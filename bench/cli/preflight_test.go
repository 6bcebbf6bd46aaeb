package cli

import (
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"sweetspot/bench"
	"sweetspot/bench/cli/agents"
	"sweetspot/bench/cli/room"
	"sweetspot/strategies"
	"sweetspot/strategies/network"
)

func TestCheckOutLeavesNothingBehind(t *testing.T) {
	root := t.TempDir()
	file := filepath.Join(root, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for dir, right := range map[string]bool{root: true, filepath.Join(root, "a", "b"): true, file: false, filepath.Join(file, "a"): false} {
		var found faults
		if checkOut("--out", dir, &found); (found.err() == nil) != right {
			t.Errorf("%s: %v", dir, found.err())
		}
	}
	if entries, err := os.ReadDir(root); err != nil || len(entries) != 1 {
		t.Errorf("the folder has %v, want the file alone: %v", entries, err)
	}
}

func TestLocalRecognizesThisMachine(t *testing.T) {
	for _, test := range []struct {
		urls  bench.List
		route network.Route
		want  bool
	}{
		{bench.List{"http://127.0.0.1:8080/"}, network.Route{}, true},
		{bench.List{"https://[::1]/"}, network.Route{}, true},
		{bench.List{"http://127.9.8.7/", "http://localhost/"}, network.Route{}, true},
		{bench.List{"http://192.0.2.1/"}, network.Route{}, false}, // TEST-NET-1, which no machine has
		{bench.List{"http://127.0.0.1/", "http://[2001:db8::1]:8080/"}, network.Route{}, false},
		{bench.List{"http://192.0.2.1/"}, network.Route{UnixSocket: "/run/app.sock"}, true},
		{bench.List{"http://192.0.2.1/"}, network.Route{Detours: []network.Detour{{FromPort: "80", ToHost: "127.0.0.1"}}}, true},
		{bench.List{"http://127.0.0.1/"}, network.Route{Detours: []network.Detour{{ToHost: "192.0.2.1"}}}, false},
		{bench.List{"http://127.0.0.1/"}, network.Route{Proxy: &url.URL{Scheme: "http", Host: "127.0.0.1:3128"}}, false},
	} {
		if got := local(t.Context(), bench.Load{URLs: test.urls, Route: test.route}); got != test.want {
			t.Errorf("%v: this machine %v, want %v", test.urls, got, test.want)
		}
	}
}

func TestLowerMaxFitsTheOpenFilesUnlessMaxIsGiven(t *testing.T) {
	all, at := strategies.Named(), room.Place{Files: 10_000, Ports: 10_000, Shares: 3, Agent: "web-1"}
	far := bench.Sweep{Min: 1, Max: 1 << 40}
	if warnings := lowerMax(newSweepCommand(), &far, all, at); far.Max != at.Limit(all, sweepCopies) || len(warnings) != 1 {
		t.Errorf("largest limit %d, warnings %q; want %d and one", far.Max, warnings, at.Limit(all, sweepCopies))
	}
	asked, command := bench.Sweep{Min: 1, Max: 1 << 40}, newSweepCommand()
	if err := command.Flags().Set("max", "1000000"); err != nil {
		t.Fatal(err)
	}
	if warnings := lowerMax(command, &asked, all, at); asked.Max != 1<<40 || len(warnings) != 0 {
		t.Errorf("largest limit %d, warnings %q; want it left to be refused", asked.Max, warnings)
	}
}

func TestSweepIsCarefulWithTargetsAndAgentsElsewhere(t *testing.T) {
	here, elsewhere := bench.Load{URLs: bench.List{"http://127.0.0.1/"}}, bench.Load{URLs: bench.List{"http://192.0.2.1/"}}
	for _, c := range []struct {
		load bench.Load
		team *agents.Team
		want string
	}{
		{bench.Load{}, nil, ""}, {here, nil, ""}, {elsewhere, nil, "T is not this machine"},
		{here, &agents.Team{}, "agents are not on this machine"}, {bench.Load{}, &agents.Team{}, ""},
	} {
		if got := whyCareful(t.Context(), parsed{target: "T", load: c.load}, c.team); got != c.want {
			t.Errorf("%v, agents %v: got %q, want %q", c.load.URLs, c.team != nil, got, c.want)
		}
	}
}
