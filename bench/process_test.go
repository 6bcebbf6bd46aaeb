package bench_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"sweetspot/server"
	"sweetspot/server/capacity"
)

// asServer makes the test binary, when it is started again, a server in its own process; its arguments are a capacity
// and a delay.
const asServer = "SWEETSPOT_TEST_AS_SERVER"

func TestMain(m *testing.M) {
	if os.Getenv(asServer) == "" {
		os.Exit(m.Run())
	}
	if err := serve(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve serves until standard input ends, which it does when the test has, one way or the other.
func serve(spec, delay string) error {
	model, err := capacity.Parse(spec)
	if err != nil {
		return err
	}
	wait, err := time.ParseDuration(delay)
	if err != nil {
		return err
	}
	s, err := server.Start(server.Config{Capacity: model, Delay: wait})
	if err != nil {
		return err
	}
	fmt.Println(s.URL())
	_, _ = io.Copy(io.Discard, os.Stdin)
	return s.Close()
}

// serverProcess starts a server in its own process and returns its URL.
func serverProcess(t testing.TB, spec string, delay time.Duration) string {
	t.Helper()
	url, _ := startServer(t, spec, delay)
	return url
}

// startServer is serverProcess for those who want the process too.
func startServer(t testing.TB, spec string, delay time.Duration) (url string, pid int) {
	t.Helper()
	command := exec.Command(os.Args[0], spec, delay.String())
	command.Env = append(os.Environ(), asServer+"=1")
	command.Stderr = os.Stderr
	input, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = input.Close()
		_ = command.Wait()
	})
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line), command.Process.Pid
}
