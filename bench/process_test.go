package bench_test

import (
	"bufio"
	"errors"
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

// asServer makes the test binary, when it is started again, a server in its own process; its arguments are a capacity, a
// delay, a warming and a scar.
const asServer = "SWEETSPOT_TEST_AS_SERVER"

func TestMain(m *testing.M) {
	if os.Getenv(asServer) == "" {
		os.Exit(m.Run())
	}
	if err := serve(os.Args[1], os.Args[2], os.Args[3], os.Args[4]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve serves until standard input ends, which it does when the test has, one way or the other.
func serve(spec, delay, warming, scar string) error {
	var config server.Config
	var errs [4]error
	config.Capacity, errs[0] = capacity.Parse(spec)
	config.Delay, errs[1] = time.ParseDuration(delay)
	config.Warming, errs[2] = capacity.ParseWarming(warming)
	config.Scar, errs[3] = capacity.ParseScar(scar)
	if err := errors.Join(errs[:]...); err != nil {
		return err
	}
	s, err := server.Start(config)
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
	url, _ := startServer(t, spec, delay, "", "")
	return url
}

// startServer is serverProcess for those who want the process too.
func startServer(t testing.TB, spec string, delay time.Duration, warming, scar string) (url string, pid int) {
	t.Helper()
	command := exec.Command(os.Args[0], spec, delay.String(), warming, scar)
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
