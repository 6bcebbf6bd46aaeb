package ports

import (
	"io"
	"net"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// inNamespace makes the test binary, when it is started again in a network namespace of its own, run the test there.
const inNamespace = "SWEETSPOT_TEST_IN_NAMESPACE"

// With a hundred ports in a namespace of its own, the test sees what the system does, without disturbing the machine.
func TestReadAndWaitingInANamespaceWithFewPorts(t *testing.T) {
	if os.Getenv(inNamespace) == "" {
		again := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		again.Env = append(os.Environ(), inNamespace+"=1")
		again.SysProcAttr = &syscall.SysProcAttr{
			Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET,
			UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
		}
		if err := again.Start(); err != nil {
			t.Skipf("no network namespace: %v", err)
		}
		if err := again.Wait(); err != nil {
			t.Errorf("in the namespace: %v", err)
		}
		return
	}
	raiseLoopback(t)
	if err := os.WriteFile("/proc/sys/net/ipv4/ip_local_port_range", []byte("40000 40099"), 0o600); err != nil {
		t.Skip(err)
	}
	if got, err := Read(true); err != nil || got.Ports != 100 {
		t.Errorf("got %+v, %v, want 100 ports", got, err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:30000")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	const connections = 60
	for range connections {
		client, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		server, err := listener.Accept()
		if err != nil {
			t.Fatal(err)
		}
		_ = client.Close()                 // first, so that its port stays taken
		_, _ = io.Copy(io.Discard, server) // until it is closed
		_ = server.Close()
	}
	if got := Waiting(30000); got != connections {
		t.Errorf("%d ports are taken, want %d", got, connections)
	}
	if got := Waiting(30001); got != 0 {
		t.Errorf("%d ports are taken by connections to another port", got)
	}
}

func raiseLoopback(t *testing.T) {
	t.Helper()
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(socket)
	request, err := unix.NewIfreq("lo")
	if err != nil {
		t.Fatal(err)
	}
	request.SetUint16(unix.IFF_UP)
	if err := unix.IoctlIfreq(socket, unix.SIOCSIFFLAGS, request); err != nil {
		t.Skip(err)
	}
}
