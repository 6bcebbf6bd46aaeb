package bench_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// nginxProcess starts an nginx of one worker that answers at once and keeps connections alive, and returns its URL, or ""
// if it is not installed. The protocol is an option of its listen directive.
func nginxProcess(b *testing.B, protocol string) (url string, pid int) {
	program, err := exec.LookPath("nginx")
	if err != nil {
		fmt.Println("nginx is left out: apt-get install nginx-light")
		return "", 0
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close() // the port is nginx's from now on
	dir := b.TempDir()
	config := fmt.Sprintf(`
daemon off; master_process off; worker_processes 1; pid %[1]s/pid; error_log %[1]s/error.log;
worker_rlimit_nofile 16384;
events { worker_connections 16000; }
http {
  access_log off; keepalive_requests 1000000000; keepalive_timeout 600s;
  client_body_temp_path %[1]s/t1; proxy_temp_path %[1]s/t2; fastcgi_temp_path %[1]s/t3; uwsgi_temp_path %[1]s/t4; scgi_temp_path %[1]s/t5;
  server { listen %[2]s %[3]s backlog=16384; location / { default_type application/json; return 200 '{"message":"hello"}'; } }
}`, dir, address, protocol)
	path := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		b.Fatal(err)
	}
	command := exec.Command(program, "-e", filepath.Join(dir, "error.log"), "-p", dir, "-c", path)
	if err := command.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = command.Process.Kill(); _ = command.Wait() })
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if conn, err := net.Dial("tcp", address); err == nil {
			_ = conn.Close()
			return "http://" + address + "/", command.Process.Pid
		}
		if time.Now().After(deadline) {
			b.Fatal("nginx does not listen")
		}
	}
}
