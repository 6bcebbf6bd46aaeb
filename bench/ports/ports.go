// Package ports knows how many ports this machine has for connections to one address, and how many of them are taken.
//
// Each connection to an address has a local port of its own. When this machine closes a connection its port stays taken for a
// minute, in a state called TIME_WAIT, so a client that opens a connection for each request can run out of ports.
package ports

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// Lifetime is how long a port stays taken after this machine has closed its connection: Linux' TCP_TIMEWAIT_LEN.
const Lifetime = 60 * time.Second

// reuseAfter is how soon Linux takes such a port again for the same address, where tcp_tw_reuse allows that.
const reuseAfter = time.Second

// A Supply is what this machine has for connections to one address.
type Supply struct {
	Ports    int           // that the system chooses local ports from
	Lifetime time.Duration // of a port after its connection was closed by this machine
}

// supply reads a Supply from the texts of ip_local_port_range and tcp_tw_reuse; local says whether the address is on the
// loopback interface.
func supply(portRange, reuse string, local bool) (Supply, error) {
	var first, last int
	if _, err := fmt.Sscan(portRange, &first, &last); err != nil {
		return Supply{}, fmt.Errorf("ip_local_port_range %q: want two ports", portRange)
	}
	s := Supply{Ports: last - first + 1, Lifetime: Lifetime}
	switch mode := strings.TrimSpace(reuse); {
	case mode == "1", mode == "2" && local: // 2 is for loopback only
		s.Lifetime = reuseAfter
	}
	return s, nil
}

// timeWaitState is TIME_WAIT in /proc/net/tcp.
const timeWaitState = "06"

// waiting counts the sockets in TIME_WAIT to a remote port in a table such as /proc/net/tcp.
func waiting(table io.Reader, port int) int {
	suffix := fmt.Sprintf(":%04X", port)
	n := 0
	for lines := bufio.NewScanner(table); lines.Scan(); {
		fields := strings.Fields(lines.Text()) // number, local address, remote address, state
		if len(fields) > 3 && fields[3] == timeWaitState && strings.HasSuffix(fields[2], suffix) {
			n++
		}
	}
	return n
}

// Of returns the port of an http or https URL's host: the scheme's own one if the URL names none, 0 if it is no such URL.
func Of(url string) int {
	scheme, rest, _ := strings.Cut(url, "://")
	host, _, _ := strings.Cut(rest, "/")
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		port, _ := strconv.Atoi(host[i+1:]) // 0 if it is none
		return port
	}
	return map[string]int{"http": 80, "https": 443}[scheme]
}
