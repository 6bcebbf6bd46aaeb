package cli_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sweetspot/results"
	"sweetspot/server"
)

// opened returns the run of the one run file in the folder.
func opened(t *testing.T, dir string) *results.Run {
	t.Helper()
	files, err := filepath.Glob(dir + "/*.jsonl")
	if err != nil || len(files) != 1 {
		t.Fatalf("files %v, want one (%v)", files, err)
	}
	run, err := results.Load(files[0])
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func TestInterruptedRunIsReportedAndSaved(t *testing.T) {
	for _, command := range []string{"bench", "sweep"} {
		dir := t.TempDir()
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(1500*time.Millisecond, cancel)
		got := sweetspot(ctx, command, "-s", "pool", "-d", "100ms", "--out", dir, startServer(t, server.Config{Delay: time.Millisecond}).URL())
		if got.status != 130 || !strings.Contains(got.stdout, "pool") || !strings.Contains(got.stderr, "interrupted") {
			t.Errorf("%s: exit status %d, want 130 and what was measured\n%s\n%s", command, got.status, got.stdout, got.stderr)
		}
		if run := opened(t, dir); len(run.Trials) == 0 {
			t.Errorf("%s: no trial was saved", command)
		}
	}
}

// silentServer accepts connections and never answers. Accepted is sent to at each.
func silentServer(t *testing.T) (url string, accepted <-chan struct{}) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	seen := make(chan struct{}, 1000)
	go func() {
		var all []net.Conn
		for {
			conn, err := listener.Accept()
			if err != nil {
				break
			}
			all = append(all, conn)
			seen <- struct{}{}
		}
		for _, conn := range all {
			_ = conn.Close()
		}
	}()
	return "http://" + listener.Addr().String() + "/", seen
}

// An interrupt does not wait for a server that never answers, although requests may take an hour.
func TestInterruptDoesNotWaitForAnswers(t *testing.T) {
	for _, command := range []string{"bench", "sweep"} {
		ctx, cancel := context.WithCancel(t.Context())
		url, accepted := silentServer(t)
		returned := make(chan ran)
		go func() {
			returned <- sweetspot(ctx, command, "-s", "pool,fasthttp", "--timeout", "1h", url)
		}()
		<-accepted // the first check of the target
		<-accepted // a request
		cancel()
		select {
		case got := <-returned:
			if got.status != 130 || !strings.Contains(got.stderr, "interrupted") {
				t.Errorf("%s: exit status %d, want 130\n%s\n%s", command, got.status, got.stdout, got.stderr)
			}
		case <-time.After(time.Minute): // generous: it must not take an hour
			t.Fatalf("%s: still running a minute after the interrupt", command)
		}
	}
}

func TestInterruptDuringTheFirstCheckSaysOnlyThat(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got := sweetspot(ctx, "bench", "-s", "pool", "http://127.0.0.1:1/"); got.status != 130 || got.stderr != "sweetspot: interrupted\n" {
		t.Errorf("exit status %d, want 130: %q", got.status, got.stderr)
	}
}

// A run that is killed at any moment leaves a file that opens with every trial but the one under way, and takes its server
// with it.
func TestKilledRunKeepsItsTrials(t *testing.T) {
	if testing.Short() {
		t.Skip("fifty runs take twenty seconds")
	}
	const kills = 50
	random := rand.New(rand.NewPCG(1, 2))
	trials := 0
	for range kills {
		dir := t.TempDir()
		command := exec.Command(os.Args[0], "bench", "-s", "pool", "-d", "20ms", "--warmup", "1ms", "-c", "4",
			"--profile", "instant", "--repeats", "100000", "--out", dir)
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = command.Process.Kill() }) // should the test end here
		await(t, "a run file", func() bool { return len(saved(dir)) > 0 })
		time.Sleep(time.Duration(random.Int64N(int64(400 * time.Millisecond))))
		if err := command.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = command.Wait() // says that it was killed
		run := opened(t, dir)
		whole := bytes.Count(saved(dir), []byte("\n")) - 1
		if len(run.Trials) != whole {
			t.Errorf("%d trials, want the %d that are whole in the file", len(run.Trials), whole)
		}
		for i, trial := range run.Trials {
			if trial.Block != i {
				t.Errorf("trial %d is of block %d: some are missing", i, trial.Block)
			}
		}
		trials += len(run.Trials)
		await(t, "the end of the bundled server", func() bool { return !listening(run.Target) })
	}
	if trials < kills {
		t.Errorf("%d trials in %d runs: too few to have been killed between two", trials, kills)
	}
}

// saved returns what the one run file in the folder holds; nothing if there is none.
func saved(dir string) []byte {
	files, _ := filepath.Glob(dir + "/*.jsonl")
	if len(files) == 0 {
		return nil
	}
	text, _ := os.ReadFile(files[0])
	return text
}

// await waits until something is so.
func await(t *testing.T, what string, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !so(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("there is no %s", what)
		}
	}
}
