package bench_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// bodies are the files that nginx serves, with their sizes in bytes.
var bodies = map[string]int{"10kB": 10 << 10, "100kB": 100 << 10}

// nginxServers starts an nginx of one worker that answers at once and keeps connections alive. It returns what it serves: a small
// answer and larger bodies, each with and without TLS. The protocol is an option of its listen directives. It returns nothing if
// nginx is not installed.
func nginxServers(b *testing.B, protocol string) (servers []peerServer) {
	program, err := exec.LookPath("nginx")
	if err != nil {
		fmt.Println("nginx is left out: apt-get install nginx-light")
		return nil
	}
	dir := b.TempDir()
	writePair(b, filepath.Join(dir, "pair.pem"))
	for name, size := range bodies {
		write(b, filepath.Join(dir, name), bytes.Repeat([]byte("0123456789abcde\n"), size/16))
	}
	plain, secure := freeAddress(b), freeAddress(b)
	config := fmt.Sprintf(`
daemon off; master_process off; worker_processes 1; pid %[1]s/pid; error_log %[1]s/error.log;
worker_rlimit_nofile 16384;
events { worker_connections 16000; }
http {
  access_log off; keepalive_requests 1000000000; keepalive_timeout 600s; sendfile on; tcp_nopush on; open_file_cache max=10;
  client_body_temp_path %[1]s/t1; proxy_temp_path %[1]s/t2; fastcgi_temp_path %[1]s/t3; uwsgi_temp_path %[1]s/t4; scgi_temp_path %[1]s/t5;
  ssl_certificate %[1]s/pair.pem; ssl_certificate_key %[1]s/pair.pem; ssl_session_cache shared:all:10m;
  server {
    listen %[2]s %[4]s backlog=16384; listen %[3]s ssl %[4]s backlog=16384; root %[1]s;
    location = / { default_type application/json; return 200 '{"message":"hello"}'; }
  }
}`, dir, plain, secure, protocol)
	path := filepath.Join(dir, "nginx.conf")
	write(b, path, []byte(config))
	command := exec.Command(program, "-e", filepath.Join(dir, "error.log"), "-p", dir, "-c", path)
	if err := command.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = command.Process.Kill(); _ = command.Wait() })
	awaitListener(b, secure)
	for _, scheme := range []struct{ name, url string }{{"nginx", "http://" + plain + "/"}, {"nginx-tls", "https://" + secure + "/"}} {
		servers = append(servers, peerServer{name: scheme.name, url: scheme.url, pid: command.Process.Pid})
		for _, body := range []string{"10kB", "100kB"} {
			servers = append(servers, peerServer{name: scheme.name + "-" + body, url: scheme.url + body, pid: command.Process.Pid, usual: "60,1000"})
		}
	}
	return servers
}

// writePair writes a certificate and its key, which nobody has signed, into one file.
func writePair(b *testing.B, path string) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(24 * time.Hour), DNSNames: []string{"localhost"}}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		b.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		b.Fatal(err)
	}
	write(b, path, append(
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})...))
}

func write(b *testing.B, path string, content []byte) {
	if err := os.WriteFile(path, content, 0o600); err != nil {
		b.Fatal(err)
	}
}

// freeAddress returns an address at which nothing listens.
func freeAddress(b *testing.B) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func awaitListener(b *testing.B, address string) {
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if conn, err := net.Dial("tcp", address); err == nil {
			_ = conn.Close()
			return
		}
		if time.Now().After(deadline) {
			b.Fatal("nginx does not listen")
		}
	}
}
