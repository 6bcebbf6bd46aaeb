package bench_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// BenchmarkPeers sets our strategies beside the load generators that are installed, each in its own process, against
// the bundled server and nginx. In every round each has one turn, in random order; what is shown are medians over the
// rounds of ratios to wrk in the same round, which a machine that drifts or is shared leaves alone. Wrk has as many threads as
// make it fastest. All start cold: the connections are opened in the time that is measured.
//
//	PEERS_CONNECTIONS=60,1000 PEERS_ROUNDS=5 PEERS_SECONDS=2 PEERS_CLIENTS=eventloop PEERS_SERVERS=nginx-tls,nginx-10kB make peers
func BenchmarkPeers(b *testing.B) {
	var (
		rounds  = numbers(b, "PEERS_ROUNDS", "5")[0]
		seconds = numbers(b, "PEERS_SECONDS", "3")[0]
		peers   = chosen(installed(b, binary(b)))
	)
	servers := append([]peerServer{bundledServer(b)}, nginxServers(b, "")...)
	for range b.N {
		for _, server := range asked(servers) {
			for _, n := range numbers(b, "PEERS_CONNECTIONS", cmp.Or(server.usual, "1,60,1000,4000,10000")) {
				turns := setBeside(b, peers, server, n, rounds, seconds)
				fmt.Printf("\n%s, %d connections, %d rounds of %d s each\n\n%s", server.name, n, rounds, seconds,
					table(turns, faster(turns, "wrk-t1", "wrk-t2")))
			}
		}
	}
}

func bundledServer(b *testing.B) peerServer {
	url, pid := startServer(b, "none", 0, "", "")
	return peerServer{name: "bundled", url: url, pid: pid}
}

// faster returns the peer whose median is higher.
func faster(turns map[string][]turn, one, other string) string {
	rate := func(t turn) float64 { return t.rate }
	if quartile(each(turns[one], rate), 2) > quartile(each(turns[other], rate), 2) {
		return one
	}
	return other
}

// settling lets the connections of one turn drain before the next.
const settling = 300 * time.Millisecond

// setBeside gives every peer a turn in every round and returns what each did, by its name, round by round.
func setBeside(b *testing.B, peers []peer, server peerServer, connections, rounds, seconds int) map[string][]turn {
	turns := map[string][]turn{}
	for range rounds {
		rand.Shuffle(len(peers), func(i, j int) { peers[i], peers[j] = peers[j], peers[i] })
		for _, p := range peers {
			t, err := p.run(server, connections, seconds)
			if err != nil {
				b.Logf("%s at %d connections: %v", p.name, connections, err)
			}
			turns[p.name] = append(turns[p.name], t)
			time.Sleep(settling)
		}
	}
	return turns
}

// table shows the medians, and the quartiles of the ratios to one of the peers. A peer that failed in a round has no figures for it. The
// server's cores tell what bounds a rate: a server that has one thread cannot be made to do more once it keeps one busy.
func table(turns map[string][]turn, to string) string {
	var out strings.Builder
	fmt.Fprintf(&out, "| client | requests/s | of %[1]s's | quartiles | client CPU us/request | of %[1]s's | MB | server's cores |\n"+
		"| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n", to)
	names := make([]string, 0, len(turns))
	rate := func(t turn) float64 { return t.rate }
	cpu := func(t turn) float64 { return t.cpu }
	for name := range turns {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		return int(quartile(each(turns[b], rate), 2) - quartile(each(turns[a], rate), 2))
	})
	for _, name := range names {
		mine, other := turns[name], turns[to]
		speed, cost := ratios(mine, other, rate), ratios(mine, other, cpu)
		fmt.Fprintf(&out, "| %s | %.0f | %.2f | %.2f to %.2f | %.2f | %.2f | %.0f | %.2f |\n", name,
			quartile(each(mine, rate), 2), quartile(speed, 2), quartile(speed, 1), quartile(speed, 3),
			quartile(each(mine, cpu), 2), quartile(cost, 2),
			quartile(each(mine, func(t turn) float64 { return t.memory }), 2),
			quartile(each(mine, func(t turn) float64 { return t.busy }), 2))
	}
	return out.String()
}

func each(turns []turn, value func(turn) float64) []float64 {
	var values []float64
	for _, t := range turns {
		if t.rate > 0 {
			values = append(values, value(t))
		}
	}
	return values
}

func ratios(mine, other []turn, value func(turn) float64) []float64 {
	var values []float64
	for round := range min(len(mine), len(other)) {
		if mine[round].rate > 0 && other[round].rate > 0 {
			values = append(values, value(mine[round])/value(other[round]))
		}
	}
	return values
}

// quartile returns the first, second or third; 0 of nothing.
func quartile(values []float64, which int) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(len(sorted)-1)*which/4]
}

// chosen returns the peers that PEERS_CLIENTS names, all if it names none. Wrk is always one of them.
func chosen(peers []peer) []peer {
	names := os.Getenv("PEERS_CLIENTS")
	if names == "" {
		return peers
	}
	wanted := append(strings.Split(names, ","), "wrk-t1", "wrk-t2")
	return slices.DeleteFunc(peers, func(p peer) bool { return !slices.Contains(wanted, p.name) })
}

// asked returns the servers that PEERS_SERVERS names, all if it names none.
func asked(servers []peerServer) []peerServer {
	names := os.Getenv("PEERS_SERVERS")
	if names == "" {
		return servers
	}
	return slices.DeleteFunc(servers, func(s peerServer) bool { return !slices.Contains(strings.Split(names, ","), s.name) })
}

// numbers reads a list such as 60,1000 from the environment.
func numbers(b *testing.B, variable, otherwise string) []int {
	text := os.Getenv(variable)
	if text == "" {
		text = otherwise
	}
	var list []int
	for word := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 {
			b.Fatalf("%s=%s: want numbers such as %s", variable, text, otherwise)
		}
		list = append(list, n)
	}
	return list
}

// binary builds the program, for our strategies to run in it as their users run them.
func binary(b *testing.B) string {
	path := filepath.Join(b.TempDir(), "sweetspot")
	if out, err := exec.Command("go", "build", "-o", path, "sweetspot").CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	return path
}
