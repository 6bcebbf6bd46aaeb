package ports

import (
	"fmt"
	"os"
)

// Read returns the supply for addresses on the loopback interface or elsewhere.
func Read(local bool) (Supply, error) {
	portRange, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
	if err != nil {
		return Supply{}, fmt.Errorf("ports: %w", err)
	}
	reuse, _ := os.ReadFile("/proc/sys/net/ipv4/tcp_tw_reuse") // kernels without it do not reuse
	return supply(string(portRange), string(reuse), local)
}

// Waiting returns how many ports are taken by closed connections to that port of any address.
func Waiting(port int) int {
	n := 0
	for _, path := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		table, err := os.Open(path)
		if err != nil {
			continue // a kernel without IPv6 has no such table
		}
		n += waiting(table, port)
		_ = table.Close()
	}
	return n
}
