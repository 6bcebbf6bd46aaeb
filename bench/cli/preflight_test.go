package cli

import (
	"net/url"
	"testing"

	"sweetspot/bench"
	"sweetspot/bench/cli/machine"
	"sweetspot/strategies"
	"sweetspot/strategies/network"
)

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
	files, err := machine.RaiseOpenFiles()
	if err != nil {
		t.Fatal(err)
	}
	all := strategies.Named()
	far := bench.Sweep{Min: 1, Max: 1 << 40}
	if warnings := lowerMax(newSweepCommand(), &far, all); far.Max != roomFor(files, all, sweepCopies) || len(warnings) != 1 {
		t.Errorf("largest limit %d, warnings %q; want %d and one", far.Max, warnings, roomFor(files, all, sweepCopies))
	}
	asked, command := bench.Sweep{Min: 1, Max: 1 << 40}, newSweepCommand()
	if err := command.Flags().Set("max", "1000000"); err != nil {
		t.Fatal(err)
	}
	if warnings := lowerMax(command, &asked, all); asked.Max != 1<<40 || len(warnings) != 0 {
		t.Errorf("largest limit %d, warnings %q; want it left to be refused", asked.Max, warnings)
	}
}

func TestCheckFilesCountsStrategiesAndCopies(t *testing.T) {
	files, err := machine.RaiseOpenFiles()
	if err != nil {
		t.Fatal(err)
	}
	pool, err := strategies.Get("pool")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		limit, copies int
		fits          bool
	}{
		{int(files) - spareFiles, 0, true},
		{int(files) - spareFiles + 1, 0, false},
		{(int(files) - spareFiles) / 2, 1, true},
		{(int(files)-spareFiles)/2 + 1, 1, false},
	} {
		var found faults
		checkFiles("--limit", test.limit, nil, []strategies.Strategy{pool}, test.copies, &found)
		if fits := found.err() == nil; fits != test.fits {
			t.Errorf("limit %d with %d copies: fits %v, want %v: %v", test.limit, test.copies, fits, test.fits, found.err())
		}
	}
}
