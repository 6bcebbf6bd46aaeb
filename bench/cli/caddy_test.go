package cli_test

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// caddy starts one that speaks HTTP/1.1, HTTP/2 and HTTP/3 and logs every request. It returns its URL, for --connect-to
// how to reach it, and a function that stops it and counts the lines logged.
func caddy(t *testing.T) (address, at string, logged func() int) {
	program := debian(t, "caddy", "caddy")
	dir := t.TempDir()
	port := freePort(t)
	config := filepath.Join(dir, "Caddyfile")
	text := fmt.Sprintf(`{
	admin off
	auto_https disable_redirects
	skip_install_trust
	storage file_system %[1]s/storage
}
https://localhost:%[2]d {
	bind 127.0.0.1
	tls internal
	log {
		output file %[1]s/access.log
	}
	header Content-Type application/json
	respond "{\"hello\":\"world\"}"
}
`, dir, port)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(program, "run", "--config", config, "--adapter", "caddyfile")
	command.Env = append(os.Environ(), "HOME="+dir, "XDG_DATA_HOME="+dir, "XDG_CONFIG_HOME="+dir)
	var complaint bytes.Buffer
	command.Stderr = &complaint
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = command.Process.Kill(); _ = command.Wait() })
	at = fmt.Sprintf("127.0.0.1:%d", port)
	for deadline := time.Now().Add(20 * time.Second); !secured(at); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			_ = command.Process.Kill()
			_ = command.Wait()
			t.Fatalf("caddy does not listen: %s", complaint.String())
		}
	}
	return fmt.Sprintf("https://localhost:%d/", port), fmt.Sprintf("localhost:%d:%s", port, at), func() int {
		_ = command.Process.Signal(syscall.SIGTERM) // it finishes what it has begun
		_ = command.Wait()
		log, err := os.ReadFile(filepath.Join(dir, "access.log"))
		if err != nil {
			t.Fatal(err)
		}
		return bytes.Count(log, []byte("\n"))
	}
}

// secured reports whether a server makes TLS handshakes: caddy listens before it has its certificate.
func secured(at string) bool {
	conn, err := tls.Dial("tcp", at, &tls.Config{ServerName: "localhost", InsecureSkipVerify: true})
	if err != nil {
		return false
	}
	return conn.Close() == nil
}

// A server of HTTP/2 and HTTP/3 that nobody here wrote is the witness: it logged as many requests as were reported, in their protocol.
func TestCaddyLoggedWhatWasReported(t *testing.T) {
	address, at, logged := caddy(t)
	args := []string{"bench", "-s", "pool,http2,http3", "--streams", "7", "-n", "503", "-c", "20", "--repeats", "2", "--insecure", "--connect-to", at, "--format", "json", address}
	got := sweetspot(t.Context(), args...)
	run := got.run(t)
	if got.status != 0 || len(run.Trials) != 6 || run.Settings.HTTP != "HTTP/1.1, HTTP/2, HTTP/3" {
		t.Fatalf("exit status %d, %d trials, %s: %s", got.status, len(run.Trials), run.Settings.HTTP, got.stderr)
	}
	for _, trial := range run.Trials {
		most := map[string]int{"pool": 20, "http2": 3, "http3": 3}[trial.Strategy]
		if trial.Succeeded != 503 || trial.Connections > most {
			t.Errorf("%s: %d succeeded over %d connections, want 503 over at most %d: %s", trial.Strategy, trial.Succeeded, trial.Connections, most, trial.FirstError)
		}
	}
	if made, saw := requests(run), int64(logged()); made != saw {
		t.Errorf("reported %d requests, caddy logged %d", made, saw)
	}
}

// HTTP/3 needs https: for another target one line says so, and the other strategies are measured.
func TestHTTP3IsLeftOutWithItsReason(t *testing.T) {
	address, _ := nginx(t, "http2")
	got := sweetspot(t.Context(), "bench", "-s", "http2,http3", "-n", "50", "-c", "4", "--repeats", "1", address)
	if got.status != 0 || strings.Count(got.stdout, "left out: http3: HTTP/3 is spoken over https only: want an https URL") != 1 {
		t.Errorf("exit status %d: %s%s", got.status, got.stdout, got.stderr)
	}
}
