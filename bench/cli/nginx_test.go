package cli_test

import (
	"bytes"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"sweetspot/results"
)

// listening reports whether anybody accepts connections at the URL.
func listening(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	conn, err := net.Dial("tcp", u.Host)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

// debian returns the path of a program, and skips the test if it is not installed; where it is required it fails.
func debian(t *testing.T, program, pkg string) string {
	path, err := exec.LookPath(program)
	if err != nil {
		if os.Getenv("SWEETSPOT_REQUIRE") != "" {
			t.Fatalf("%s is required: apt-get install %s", program, pkg)
		}
		t.Skipf("%s is missing: apt-get install %s", program, pkg)
	}
	return path
}

// nginx starts one that logs every request and returns its URL and a function that stops it and counts the lines logged. The protocol
// is an option of its listen directive.
func nginx(t *testing.T, protocol string) (address string, logged func() int) {
	program := debian(t, "nginx", "nginx-light")
	dir := t.TempDir()
	port := freePort(t)
	config := fmt.Sprintf(`
daemon off; master_process off; worker_processes 1; pid %[1]s/pid; error_log %[1]s/error.log;
events { worker_connections 1024; }
http {
  access_log %[1]s/access.log; keepalive_requests 1000;
  client_body_temp_path %[1]s/t1; proxy_temp_path %[1]s/t2; fastcgi_temp_path %[1]s/t3; uwsgi_temp_path %[1]s/t4; scgi_temp_path %[1]s/t5;
  server { listen 127.0.0.1:%[2]d %[3]s; location / { default_type application/json; return 200 '{"hello":"world"}'; } }
}`, dir, port, protocol)
	path := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(program, "-e", filepath.Join(dir, "error.log"), "-p", dir, "-c", path)
	var complaint bytes.Buffer
	command.Stderr = &complaint
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = command.Process.Kill(); _ = command.Wait() })
	address = fmt.Sprintf("http://127.0.0.1:%d/", port)
	for deadline := time.Now().Add(5 * time.Second); !listening(address); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("nginx does not listen: %s", complaint.String())
		}
	}
	return address, func() int {
		_ = command.Process.Signal(syscall.SIGQUIT) // it finishes what it has begun: a line is written after its answer
		_ = command.Wait()
		log, err := os.ReadFile(filepath.Join(dir, "access.log"))
		if err != nil {
			t.Fatal(err)
		}
		return bytes.Count(log, []byte("\n"))
	}
}

func freePort(t *testing.T) int {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}

func undecided(run results.Run) bool {
	return slices.ContainsFunc(run.Optima, func(o results.Optimum) bool { return !o.Verdict.Decided() })
}

// An independent server is the witness: it logged as many requests as were reported.
func TestNginxLoggedWhatWasReported(t *testing.T) {
	for _, args := range [][]string{
		{"bench", "-n", "503", "-c", "20", "--repeats", "2"},
		{"bench", "-d", "100ms", "-c", "20", "--repeats", "2", "--decode", "json"},
		{"bench", "-s", "http2,eventloop-http2", "--streams", "7", "-n", "5003", "-c", "20", "--repeats", "2"}, // nginx ends each connection after 1,000
		{"sweep", "-s", "pool,fasthttp", "-d", "50ms", "--max", "16", "--budget", "4s"},
	} {
		t.Run(strings.Join(args[:3], " "), func(t *testing.T) {
			protocol := ""
			if slices.Contains(args, "--streams") {
				protocol = "http2"
			}
			address, logged := nginx(t, protocol)
			got := sweetspot(t.Context(), append(args, "--format", "json", address)...)
			run := got.run(t)
			if got.status != 0 && !undecided(run) { // seconds on a busy machine may not be enough for a statement
				t.Errorf("exit status %d: %s", got.status, got.stderr)
			}
			for _, trial := range run.Trials {
				if trial.Failures() > 0 || trial.Succeeded == 0 {
					t.Errorf("%s at limit %d: %d succeeded, %d failed: %s", trial.Strategy, trial.Limit, trial.Succeeded, trial.Failures(), trial.FirstError)
				}
			}
			if made, saw := requests(run), int64(logged()); made != saw {
				t.Errorf("reported %d requests, nginx logged %d", made, saw)
			}
		})
	}
}
