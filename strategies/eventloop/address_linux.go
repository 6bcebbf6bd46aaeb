package eventloop

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"

	"golang.org/x/sys/unix"
)

// socketAddress returns the address in the form that the system call takes.
func socketAddress(ip, port string) (family int, address unix.Sockaddr, err error) {
	parsed, err := netip.ParseAddr(ip)
	if err != nil {
		return 0, nil, err
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return 0, nil, fmt.Errorf("port: %w", err)
	}
	if parsed = parsed.Unmap(); parsed.Is4() {
		return unix.AF_INET, &unix.SockaddrInet4{Port: int(number), Addr: parsed.As4()}, nil
	}
	v6 := &unix.SockaddrInet6{Port: int(number), Addr: parsed.As16()}
	if zone := parsed.Zone(); zone != "" {
		v6.ZoneId = zoneID(zone)
	}
	return unix.AF_INET6, v6, nil
}

// zoneID returns the number of the interface that an IPv6 zone names, and 0 if there is no such interface.
func zoneID(zone string) uint32 {
	if number, err := strconv.ParseUint(zone, 10, 32); err == nil {
		return uint32(number)
	}
	if i, err := net.InterfaceByName(zone); err == nil {
		return uint32(i.Index)
	}
	return 0
}
