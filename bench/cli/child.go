package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"sweetspot/bench"
)

// child is the bundled server in a process of its own, so that what it costs is not taken for the client's. It lives as
// long as its standard input is open: whatever ends this process ends it too.
type child struct {
	command *exec.Cmd
	input   io.Closer
	url     string
}

// startServer starts this program's serve command with the arguments and returns once it listens.
func startServer(ctx context.Context, args ...string) (*child, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("start the bundled server: %w", err)
	}
	var complaint bytes.Buffer
	command := exec.Command(program, append([]string{"serve", "--with-parent", "--drain", drain.String()}, args...)...)
	command.Stderr = &complaint
	apart(command)
	input, err1 := command.StdinPipe()
	output, err2 := command.StdoutPipe()
	if err := errors.Join(err1, err2); err != nil {
		return nil, fmt.Errorf("start the bundled server: %w", err)
	}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("start the bundled server: %w", err)
	}
	c := &child{command: command, input: input}
	defer context.AfterFunc(ctx, func() { _ = input.Close() })() // it then ends, and the read below with it
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		_ = c.stop()
		return nil, errors.Join(ctx.Err(), fmt.Errorf("start the bundled server: %s", strings.TrimSpace(complaint.String())))
	}
	c.url = strings.TrimSpace(line)
	return c, nil
}

// startInstant starts a server that answers at once, and returns its URL beside it.
func startInstant(ctx context.Context) (*child, bench.URLs, error) {
	instant, err := startServer(ctx)
	if err != nil {
		return nil, nil, err
	}
	urls, err := bench.ParseURL(instant.url)
	return instant, urls, err
}

// The server has drain to answer what is under way, and killTimeout altogether before it is killed.
const (
	drain       = time.Second
	killTimeout = 5 * time.Second
)

// stop ends the server and waits for it.
func (c *child) stop() error {
	_ = c.input.Close()
	kill := time.AfterFunc(killTimeout, func() { _ = c.command.Process.Kill() })
	defer kill.Stop()
	if err := c.command.Wait(); err != nil {
		return fmt.Errorf("the bundled server: %w", err)
	}
	return nil
}
