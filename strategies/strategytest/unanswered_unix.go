//go:build unix

package strategytest

import (
	"net"
	"syscall"
	"testing"
	"time"
)

// Unanswered listens at an address of the loopback interface, such as "127.0.0.2:0", and fills the queue of the connections
// that nobody accepts. Until the end of the test, connecting to it is neither answered nor refused. It returns the address
// with the port.
func Unanswered(t testing.TB, at string) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	raw, err := listener.(*net.TCPListener).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var short error
	if err := raw.Control(func(fd uintptr) { short = syscall.Listen(int(fd), 0) }); err != nil || short != nil {
		t.Fatal(err, short)
	}
	address = listener.Addr().String()
	for {
		conn, err := net.DialTimeout("tcp", address, 100*time.Millisecond)
		if err != nil {
			return address
		}
		t.Cleanup(func() { conn.Close() })
	}
}
