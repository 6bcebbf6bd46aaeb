package cli_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"testing"
	"time"
)

// process is the program in a process of its own, with what it writes to stderr unless that was set.
type process struct {
	*exec.Cmd
	stdout, stderr bytes.Buffer
}

// prepare returns a process of the program that is not started yet.
func prepare(args ...string) *process {
	p := &process{Cmd: exec.Command(os.Args[0], args...)}
	p.Stdout, p.Stderr = &p.stdout, &p.stderr
	return p
}

// begin starts the process, which is killed if the test ends before it does.
func (p *process) begin(t *testing.T) {
	t.Helper()
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Process.Kill() })
}

// end waits for the process and returns its exit status, which is -1 if a signal ended it.
func (p *process) end(t *testing.T) int {
	t.Helper()
	ended := make(chan error, 1)
	go func() { ended <- p.Wait() }()
	select {
	case err := <-ended:
		if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
	case <-time.After(time.Minute):
		t.Fatalf("it does not end:\n%s", p.stderr.String())
	}
	return p.ProcessState.ExitCode()
}
