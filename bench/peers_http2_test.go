package bench_test

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// BenchmarkPeersHTTP2 is BenchmarkPeers for HTTP/2, beside h2load with as many threads as connections, up to two. A shape is the
// number of connections, and of the streams on each.
//
//	PEERS_SHAPES=1x60,10x100 PEERS_ROUNDS=5 PEERS_SECONDS=2 make peers
func BenchmarkPeersHTTP2(b *testing.B) {
	if _, err := exec.LookPath("h2load"); err != nil {
		fmt.Println("HTTP/2 is left out: apt-get install nghttp2-client")
		return
	}
	var (
		shapes  = shapes(b, "PEERS_SHAPES", "1x60,10x100")
		rounds  = numbers(b, "PEERS_ROUNDS", "5")[0]
		seconds = numbers(b, "PEERS_SECONDS", "3")[0]
		program = binary(b)
	)
	servers := append([]peerServer{bundledServer(b)}, nginxServers(b, "http2")...)
	servers = slices.DeleteFunc(servers, func(s peerServer) bool { return s.usual != "" }) // the larger bodies
	for range b.N {
		for _, server := range asked(servers) {
			for _, s := range shapes {
				fmt.Printf("\n%s, HTTP/2, %d connections with %d streams each, %d rounds of %d s each\n\n%s", server.name, s.connections,
					s.streams, rounds, seconds, table(setBeside(b, multiplexing(program, s.streams), server, s.connections, rounds, seconds), "h2load"))
			}
		}
	}
}

// A shape is a way to have many requests in flight.
type shape struct{ connections, streams int }

// shapes reads a list such as 1x60,10x100 from the environment.
func shapes(b *testing.B, variable, otherwise string) []shape {
	text := os.Getenv(variable)
	if text == "" {
		text = otherwise
	}
	var list []shape
	for word := range strings.SplitSeq(text, ",") {
		var s shape
		if n, err := fmt.Sscanf(word, "%dx%d", &s.connections, &s.streams); n != 2 || err != nil || s.connections < 1 || s.streams < 1 {
			b.Fatalf("%s=%s: want shapes such as %s", variable, text, otherwise)
		}
		list = append(list, s)
	}
	return list
}

// multiplexing returns the peers that speak HTTP/2, with that many streams on each connection.
func multiplexing(program string, streams int) []peer {
	peers := []peer{}
	for _, p := range others {
		if p.name == "h2load" {
			p.command = func(url string, connections, seconds int) []string {
				return []string{fmt.Sprint("-t", min(2, connections)), fmt.Sprint("-c", connections), fmt.Sprint("-m", streams), "-D", fmt.Sprint(seconds), url}
			}
			peers = append(peers, p)
		}
	}
	for _, strategy := range []string{"eventloop-http2", "http2"} {
		p := ours(strategy, program)
		command := p.command
		p.command = func(url string, connections, seconds int) []string {
			return append(command(url, connections*streams, seconds), "--streams", fmt.Sprint(streams))
		}
		peers = append(peers, p)
	}
	return peers
}
