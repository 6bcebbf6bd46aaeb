package cli_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"sweetspot/results"
	"sweetspot/server"
)

// concluded reports whether the one run file in the folder is whole.
func concluded(t *testing.T, dir string) bool {
	run := opened(t, dir)
	for _, w := range run.Warnings {
		if w.Code == results.NoConclusion || w.Code == results.Torn {
			return false
		}
	}
	return len(run.Trials) > 0 && len(run.Strategies) > 0
}

// manyTrials are the arguments of a run of many short trials that is saved in the folder.
func manyTrials(t *testing.T, dir string, repeats int) []string {
	return []string{"bench", "-s", "pool", "-n", "20", "-c", "2", "--repeats", fmt.Sprint(repeats), "--out", dir, startServer(t, server.Config{}).URL()}
}

// hasTrials reports whether trials were saved in the folder.
func hasTrials(dir string) bool { return bytes.Count(saved(dir), []byte("\n")) > 2 }

func TestClosedTerminalConcludesTheRun(t *testing.T) {
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP) // or the program would inherit that it is ignored, if the tests run under nohup
	defer signal.Stop(hup)
	dir := t.TempDir()
	p := prepare(manyTrials(t, dir, 1_000_000)...)
	wire, screen := terminal(t, 80)
	p.Stdin, p.Stdout, p.Stderr = screen, screen, screen
	p.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	p.begin(t)
	_ = screen.Close()
	go func() { // as a terminal reads
		for buffer := make([]byte, 4096); ; {
			if _, err := wire.Read(buffer); err != nil {
				return
			}
		}
	}()
	await(t, "trial", func() bool { return hasTrials(dir) })
	_ = wire.Close() // the kernel sends SIGHUP
	_ = p.Process.Signal(syscall.SIGHUP)
	if status := p.end(t); status != 130 || !concluded(t, dir) {
		t.Errorf("exit status %d, concluded %v: want 130 and a whole file", status, concluded(t, dir))
	}
}

func TestNohupContinues(t *testing.T) {
	dir := t.TempDir()
	p := prepare(manyTrials(t, dir, 1_000_000)...)
	p.Path, p.Args = "/bin/sh", append([]string{"sh", "-c", `trap "" HUP; exec "$0" "$@"`}, p.Args...)
	p.begin(t)
	await(t, "trial", func() bool { return hasTrials(dir) })
	_ = p.Process.Signal(syscall.SIGHUP)
	before := len(saved(dir))
	await(t, "further trial", func() bool { return len(saved(dir)) > before+20_000 })
	_ = p.Process.Signal(syscall.SIGTERM)
	if status := p.end(t); status != 130 || !concluded(t, dir) {
		t.Errorf("exit status %d, concluded %v: want 130 and a whole file", status, concluded(t, dir))
	}
}

func TestResultsThatCannotBePrintedAreSavedAndAnError(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	unread, pipe, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer pipe.Close()
	_ = unread.Close()
	for _, c := range []struct {
		stdout *os.File
		want   string
	}{{full, "no space left"}, {pipe, "broken pipe"}} {
		dir := t.TempDir()
		p := prepare(append(manyTrials(t, dir, 3), "-q")...)
		p.Stdout = c.stdout
		p.begin(t)
		if status := p.end(t); status != 1 || strings.Count(p.stderr.String(), "\n") != 1 || !strings.Contains(p.stderr.String(), c.want) || !concluded(t, dir) {
			t.Errorf("exit status %d, want 1, one line with %q and a whole file: %s", status, c.want, p.stderr.String())
		}
		for _, args := range [][]string{{"--help"}, {"strategies"}, {"serve", "--truth", "--profile", "article"}} {
			p := prepare(args...)
			p.Stdout = c.stdout
			p.begin(t)
			if status := p.end(t); status != 1 || strings.Count(p.stderr.String(), "\n") != 1 || !strings.Contains(p.stderr.String(), c.want) {
				t.Errorf("%v: exit status %d, want 1 and one line with %q: %s", args, status, c.want, p.stderr.String())
			}
		}
	}
}

// unsaved checks what a run says whose file could not be written to the end.
func unsaved(t *testing.T, p *process, want string) {
	t.Helper()
	status, said := p.end(t), p.stderr.String()
	if status != 1 || strings.Count(said, "\n") != 1 || !strings.Contains(said, want) || strings.Contains(said, "saved to") {
		t.Errorf("exit status %d, want 1 and one line with %q: %s", status, want, said)
	}
	if !strings.Contains(p.stdout.String(), "\npool ") {
		t.Errorf("the results are not printed: %s", p.stdout.String())
	}
}

func TestFullDiskIsSaidInOneLine(t *testing.T) {
	p := prepare(manyTrials(t, t.TempDir(), 50)...)
	p.Path, p.Args = "/bin/sh", append([]string{"sh", "-c", `ulimit -f 16; exec "$0" "$@"`}, p.Args...) // 8 or 16 KiB
	p.begin(t)
	unsaved(t, p, "--out: the run is not saved: write ")
}

func TestRunFileThatIsRemovedIsSaidInOneLine(t *testing.T) {
	dir := t.TempDir()
	var requests atomic.Int64
	removed := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		if requests.Add(1) > 30 { // the second of three trials
			<-removed
		}
	}))
	defer srv.Close()
	p := prepare("bench", "-s", "pool", "-n", "20", "-c", "2", "--repeats", "3", "--timeout", "1m", "--out", dir, srv.URL)
	p.begin(t)
	await(t, "second trial", func() bool { return requests.Load() > 30 })
	err := os.RemoveAll(dir)
	close(removed)
	if err != nil {
		t.Fatal(err)
	}
	unsaved(t, p, "the file was removed")
}

// childOf returns the one child of a process.
func childOf(t *testing.T, pid int) (child int) {
	t.Helper()
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, task := range tasks {
		text, _ := os.ReadFile(task)
		if _, err := fmt.Sscan(string(text), &child); err == nil {
			return child
		}
	}
	t.Fatalf("process %d has no child", pid)
	return 0
}

func TestBundledServerThatIsStoppedEndsTheRun(t *testing.T) {
	for _, c := range []struct {
		name      string
		interrupt bool
		status    int
		want      string
	}{
		{"by itself", false, 1, "sweetspot: the bundled server does not answer\n"},
		{"by Ctrl-C", true, 130, "sweetspot: interrupted\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			p := prepare("bench", "-s", "pool", "-d", "20ms", "--warmup", "1ms", "-c", "4", "--repeats", "1000000", "--timeout", "1s",
				"--profile", "instant", "--out", dir)
			p.begin(t)
			await(t, "trial", func() bool { return hasTrials(dir) })
			server := childOf(t, p.Process.Pid)
			if err := syscall.Kill(server, syscall.SIGSTOP); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = syscall.Kill(server, syscall.SIGCONT) }) // it then ends with its parent
			if c.interrupt {
				_ = p.Process.Signal(syscall.SIGINT)
			}
			if status := p.end(t); status != c.status || !strings.Contains(p.stderr.String(), c.want) || !concluded(t, dir) {
				t.Errorf("exit status %d, want %d, %q and a whole file: %s", status, c.status, c.want, p.stderr.String())
			}
			if err := syscall.Kill(server, 0); err == nil {
				t.Error("the server outlives the run")
			}
		})
	}
}
