package cli_test

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"sweetspot/server"
)

// agentsOf returns the processes of the agents that a process has started, by their names.
func agentsOf(parent int) map[string]int {
	agents := map[string]int{}
	threads, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", parent))
	for _, thread := range threads {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/children", parent, thread.Name()))
		for _, word := range strings.Fields(string(text)) {
			line, _ := os.ReadFile("/proc/" + word + "/cmdline")
			words := strings.Split(strings.TrimRight(string(line), "\x00"), "\x00")
			for i := range len(words) - 1 {
				if words[1] == "agent" && words[i] == "--name" {
					pid := 0
					_, _ = fmt.Sscan(word, &pid)
					agents[words[i+1]] = pid
				}
			}
		}
	}
	return agents
}

// running reports whether there is a process, other than one that has ended and was not waited for.
func running(pid int) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(text), ") Z ")
}

// However a run ends, the agents that it has started end with it, even those that do not answer.
func TestAgentsThatARunHasStartedEndWithIt(t *testing.T) {
	srv := startServer(t, server.Config{})
	for _, test := range []struct {
		name   string
		end    syscall.Signal
		status int
		before func(agents map[string]int)
	}{
		{"interrupted", syscall.SIGINT, 130, func(map[string]int) {}},
		{"killed", syscall.SIGKILL, -1, func(map[string]int) {}},
		{"interrupted when an agent stands still", syscall.SIGTERM, 130, func(agents map[string]int) { _ = syscall.Kill(agents["agent-2"], syscall.SIGSTOP) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := prepare("bench", "--agents", "2", "--spawn", "-s", "pool", "-d", "50ms", "-c", "4", "--repeats", "100000", srv.URL())
			p.begin(t)
			var agents map[string]int
			await(t, "agent", func() bool { agents = agentsOf(p.Process.Pid); return len(agents) == 2 })
			srv.Reset()
			await(t, "request of an agent", func() bool { return srv.Stats().Requests > 0 })
			test.before(agents)
			if err := p.Process.Signal(test.end); err != nil {
				t.Fatal(err)
			}
			if status := p.end(t); status != test.status {
				t.Errorf("exit status %d, want %d: %s", status, test.status, p.stderr.String())
			}
			for name, pid := range agents {
				await(t, "end of "+name, func() bool { return !running(pid) })
			}
		})
	}
}
