package room

import (
	"strings"
	"testing"

	"sweetspot/bench"
	"sweetspot/strategies"
)

func named(t *testing.T, name string) strategies.Strategy {
	t.Helper()
	s, err := strategies.Get(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestHereHasFilesAndPorts(t *testing.T) {
	if at, err := Here(); err != nil || at.Files < SpareFiles || at.Ports < 1 || at.Shares != 1 || at.Agent != "" {
		t.Errorf("got %+v, %v", at, err)
	}
}

func TestCheckFilesCountsStrategiesAndCopies(t *testing.T) {
	const files = 1000
	pool := []strategies.Strategy{named(t, "pool")}
	for _, c := range []struct {
		limit, copies, shares int
		fits                  bool
	}{
		{files - SpareFiles, 0, 1, true},
		{files - SpareFiles + 1, 0, 1, false},
		{(files - SpareFiles) / 2, 1, 1, true},
		{(files-SpareFiles)/2 + 1, 1, 1, false},
		{3 * (files - SpareFiles), 0, 3, true},
		{3*(files-SpareFiles) + 1, 0, 3, false},
	} {
		at := Place{Files: files, Shares: c.shares}
		if err := at.CheckFiles("--limit", c.limit, nil, pool, c.copies); (err == nil) != c.fits {
			t.Errorf("limit %d with %d copies on %d machines: %v, want that it fits %v", c.limit, c.copies, c.shares, err, c.fits)
		}
		if largest := at.Limit(pool, c.copies); (largest >= c.limit) != c.fits {
			t.Errorf("limit %d with %d copies on %d machines: the largest is %d", c.limit, c.copies, c.shares, largest)
		}
	}
}

func TestCheckFilesNamesTheAgentWithTheFewest(t *testing.T) {
	pool := []strategies.Strategy{named(t, "pool")}
	for _, c := range []struct {
		at   Place
		want string
	}{
		{Place{Files: 228, Shares: 2, Agent: "web-1"}, "--limit 500: the strategies would open 250 connections on agent web-1, but the limit on open files there is 228: want at most 200,"},
		{Place{Files: 100, Shares: 2, Agent: "web-1"}, "want a 'ulimit -n' of at least 378 there"},
		{Place{Files: 228, Shares: 1}, "--limit 500: the strategies would open 500 connections, but the limit on open files is 228: want at most 100,"},
	} {
		if err := c.at.CheckFiles("--limit", 500, nil, pool, 0); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: got %v, want %q", c.at, err, c.want)
		}
	}
}

func TestMostInFlightHasRoomOnEachMachine(t *testing.T) {
	unbounded, pool := named(t, "unbounded"), named(t, "pool")
	for _, c := range []struct {
		name string
		at   Place
		all  []strategies.Strategy
		want int
	}{
		{"files", Place{Files: 1128, Ports: 28_000, Shares: 1}, []strategies.Strategy{unbounded}, 1000},
		{"ports", Place{Files: 1 << 20, Ports: 1000, Shares: 1}, []strategies.Strategy{unbounded}, 800},
		{"beside another", Place{Files: 1128, Ports: 28_000, Shares: 1}, []strategies.Strategy{unbounded, pool}, 940},
		{"on three machines", Place{Files: 1128, Ports: 28_000, Shares: 3}, []strategies.Strategy{unbounded, pool}, 3 * 980},
		{"no more than is of use", Place{Files: 1 << 30, Ports: 1 << 30, Shares: 2}, []strategies.Strategy{unbounded}, 2 * bench.DefaultMost},
		{"none", Place{Files: 10, Ports: 10, Shares: 2}, []strategies.Strategy{unbounded}, 2},
	} {
		if got := c.at.MostInFlight(60, c.all, 0); got != c.want {
			t.Errorf("%s: got %d, want %d", c.name, got, c.want)
		}
	}
}
