package cli_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"sweetspot/server"
)

// terminal opens a pseudo-terminal of so many columns: what is written to the screen is read from the wire.
func terminal(t *testing.T, width uint16) (wire, screen *os.File) {
	t.Helper()
	wire, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = wire.Close() })
	fd := int(wire.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: width}); err != nil {
		t.Fatal(err)
	}
	screen, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return wire, screen
}

// onTerminal runs the program in a process of its own with its standard output on a terminal, and returns what that shows.
func onTerminal(t *testing.T, width uint16, environment []string, args ...string) string {
	t.Helper()
	wire, screen := terminal(t, width)
	command := exec.Command(os.Args[0], args...)
	command.Env = append(os.Environ(), append([]string{"NO_COLOR=", "TERM=xterm"}, environment...)...)
	command.Stdout = screen
	var complaint bytes.Buffer
	command.Stderr = &complaint
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	_ = screen.Close()
	var shown bytes.Buffer
	_, _ = io.Copy(&shown, wire) // which fails once nobody has the screen open
	if err := command.Wait(); err != nil {
		t.Fatalf("%v: %s", err, complaint.String())
	}
	return strings.ReplaceAll(shown.String(), "\r\n", "\n")
}

func TestColoursAreForTerminalsThatShowThem(t *testing.T) {
	args := []string{"bench", "-s", "sequential,pool", "-c", "4", "-n", "40", "--repeats", "1", startServer(t, server.Config{}).URL()}
	for _, c := range []struct {
		name        string
		environment []string
		flags       []string
		want        bool
	}{
		{"a terminal", nil, nil, true},
		{"NO_COLOR", []string{"NO_COLOR=1"}, nil, false},
		{"a dumb terminal", []string{"TERM=dumb"}, nil, false},
		{"--color never", nil, []string{"--color", "never"}, false},
		{"--color always", []string{"NO_COLOR=1"}, []string{"--color", "always"}, true},
		{"CSV", nil, []string{"--format", "csv"}, false},
	} {
		text := onTerminal(t, 60, c.environment, append(args, c.flags...)...)
		if got := strings.Contains(text, "\x1b["); got != c.want || !strings.Contains(text, "sequential") {
			t.Errorf("%s: coloured %v, want %v:\n%q", c.name, got, c.want, text)
		}
	}
	if piped := sweetspot(t.Context(), args...); strings.Contains(piped.stdout+piped.stderr, "\x1b") {
		t.Errorf("a pipe gets colours: %q", piped.stdout)
	}
	if piped := sweetspot(t.Context(), append(args, "--color", "always")...); !strings.Contains(piped.stdout, "\x1b[1m") {
		t.Errorf("--color always gives a pipe none: %q", piped.stdout)
	}
}

func TestTableIsNoWiderThanItsTerminal(t *testing.T) {
	text := onTerminal(t, 50, []string{"NO_COLOR=1"}, "bench", "-s", "pool", "-c", "4", "-n", "40", "--repeats", "1",
		startServer(t, server.Config{}).URL())
	for line := range strings.Lines(text) {
		if len([]rune(strings.TrimSuffix(line, "\n"))) > 50 {
			t.Errorf("%d columns: %q", len([]rune(line)), line)
		}
	}
	if !strings.Contains(text, "left out to fit 50 columns") {
		t.Errorf("nothing is left out at 50 columns:\n%s", text)
	}
}
