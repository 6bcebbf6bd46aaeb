package cli_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"sweetspot/server"
)

// terminal opens a pseudo-terminal with that many columns: what is written to the screen is read from the wire.
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

// onTerminal runs the program in its own process with its standard output on a terminal, and returns what that shows.
func onTerminal(t *testing.T, width uint16, environment []string, args ...string) string {
	t.Helper()
	wire, screen := terminal(t, width)
	var complaint bytes.Buffer
	return onWire(t, wire, screen, screen, &complaint, environment, args...)
}

// onWire runs the program in its own process with those outputs, of which at least one is the screen, and returns what that shows.
func onWire(t *testing.T, wire, screen *os.File, stdout, stderr io.Writer, environment []string, args ...string) string {
	t.Helper()
	command := exec.Command(os.Args[0], args...)
	command.Env = append(os.Environ(), append([]string{"NO_COLOR=", "TERM=xterm"}, environment...)...)
	command.Stdout, command.Stderr = stdout, stderr
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	_ = screen.Close()
	var shown bytes.Buffer
	_, _ = io.Copy(&shown, wire) // it fails once the screen is closed everywhere
	_ = command.Wait()           // the status is not what is tested: a sweep that decides nothing is a failure
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

// A terminal shows a sweep as it grows, in lines that fit and that are gone at the end.
func TestTerminalShowsASweepAsItGrows(t *testing.T) {
	const width = 60
	wire, screen := terminal(t, width)
	shown := onWire(t, wire, screen, screen, screen, nil, "sweep", "-s", "pool", "--limits", "1,4,16", "--budget", "3s", "-d", "100ms",
		"--warmup", "0s", startServer(t, server.Config{}).URL())
	pictures := strings.Split(shown, "\x1b[J")
	if len(pictures) < 3 || !strings.Contains(shown, "latest: pool at limit ") || !strings.Contains(shown, "goodput/s against the limit") {
		t.Fatalf("no picture that grows:\n%q", shown)
	}
	for _, picture := range pictures {
		for line := range strings.Lines(picture) {
			if n := len([]rune(escapes.ReplaceAllString(strings.TrimSuffix(line, "\n"), ""))); n > width {
				t.Errorf("%d columns: %q", n, line)
			}
		}
	}
	if end := pictures[len(pictures)-1]; !strings.Contains(end, "Closed loop: ") || strings.Contains(end, "latest:") {
		t.Errorf("the picture is not replaced by the results:\n%q", end)
	}
}

// escapes matches the sequences that set colours, move the cursor and erase.
var escapes = regexp.MustCompile("\x1b\\[[0-9;]*[mAJ]|\r")
