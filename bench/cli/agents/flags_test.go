package agents

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// parse returns the plan of a command line.
func parse(t *testing.T, line string) (Plan, []string) {
	t.Helper()
	var f Flags
	set := pflag.NewFlagSet("bench", pflag.ContinueOnError)
	f.Bind(set)
	if err := set.Parse(strings.Fields(line)); err != nil {
		t.Fatal(err)
	}
	p, errs := f.Plan(set.Changed, "v1")
	return p, texts(errs)
}

func texts(errs []error) []string {
	var all []string
	for _, err := range errs {
		all = append(all, err.Error())
	}
	return all
}

// file writes a file and returns its path.
func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPlanSaysWhatIsWrongWithEachFlag(t *testing.T) {
	short := file(t, "token", "short\n")
	for line, want := range map[string][]string{
		"":                   nil,
		"--agents 3 --spawn": nil,
		"--agents 3 --nats nats://me:word@10.0.0.5:4222 --join-timeout 5m": nil,
		"--spawn --listen 0.0.0.0:1": {
			"--spawn without --agents: want how many machines make the requests, such as --agents 3",
			"--listen without --agents: want how many machines make the requests, such as --agents 3",
		},
		"--agents 0":                                        {"--agents 0: want from 1 to 1000"},
		"--agents -1 --join-timeout -1s":                    {"--agents -1: want from 1 to 1000", "--join-timeout -1s: want more than 0s, such as 2m"},
		"--agents 2 --listen 4222":                          {`--listen "4222": want HOST:PORT, such as 0.0.0.0:4222 for every address of this machine`},
		"--agents 2 --listen :4222":                         {`--listen ":4222": want HOST:PORT, such as 0.0.0.0:4222 for every address of this machine`},
		"--agents 2 --listen 0.0.0.0:x":                     {`--listen "0.0.0.0:x": want HOST:PORT, such as 0.0.0.0:4222 for every address of this machine`},
		"--agents 2 --nats http://me:w@x":                   {"--nats: want the URL of a NATS server, such as nats://10.0.0.5:4222, or tls:// for one with a certificate"},
		"--agents 2 --nats nats://x:1 --listen 127.0.0.1:0": {"--nats beside --listen: want the server that is used or the address of a new one"},
		"--agents 2 --token-file " + short:                  {"--token-file " + short + ": want one line of 16 to 512 characters without blanks, as the coordinator writes"},
		"--agents 2 --agents-key x":                         {"--agents-key without --agents-cert: want both"},
		"--agents 2 --agents-cacert " + short: {
			"--agents-cacert without --agents-cert: want the certificate of this side too",
			"--agents-cacert: " + short + ": no certificate in it: want those of authorities in PEM, each beginning with -----BEGIN CERTIFICATE-----",
		},
		"--agents 2 --spawn --agents-cert " + short: {
			"--spawn beside --agents-cert or --agents-cacert: want one of the two, since agents that are started here need no TLS",
			"--agents-cert: " + short + " and " + short + ": failed to find any PEM data in certificate input: want a certificate and the key that belongs to it, both in PEM",
		},
	} {
		if _, got := parse(t, line); !slices.Equal(got, want) {
			t.Errorf("%s:\ngot  %q\nwant %q", line, got, want)
		}
	}
}

func TestPlanKnowsWhetherAgentsAreHere(t *testing.T) {
	for line, want := range map[string]bool{
		"--agents 1": true, "--agents 1 --listen [::1]:0": true, "--agents 1 --listen localhost:0": true, "--agents 1 --spawn --listen 0.0.0.0:0": true,
		"--agents 1 --listen 0.0.0.0:0": false, "--agents 1 --nats nats://10.0.0.5:4222": false, "--agents 1 --nats nats://127.0.0.1:4222": true,
	} {
		if p, _ := parse(t, line); p.Here() != want {
			t.Errorf("%s: here %v, want %v", line, p.Here(), want)
		}
	}
}

func TestPlanSaysWhatToRunOnEachMachine(t *testing.T) {
	join := []string{"agent", "--join", "nats://10.0.0.5:4222", "--token-file", "/tmp/a token"}
	for line, want := range map[string][]string{
		"--agents 1":                    {"waiting for 1 agent, at most 1m0s: start on this machine (--listen HOST:PORT lets others join):"},
		"--agents 2 --listen 0.0.0.0:0": {"waiting for 2 agents, at most 1m0s: start one on each machine, with a copy of /tmp/a token there:"},
		"--agents 2 --nats nats://me:word@10.0.0.5:4222 --token-file x": {"waiting for 2 agents, at most 1m0s: start one on each machine, with the login of the NATS server in the URL:"},
		"--agents 2 --listen 0.0.0.0:0 --token-file x":                  {"waiting for 2 agents, at most 1m0s: start one on each machine:"},
	} {
		p, _ := parse(t, line)
		want = append(want, "  sweetspot agent --join nats://10.0.0.5:4222 --token-file '/tmp/a token'")
		if got := p.howToJoin(join); !slices.Equal(got, want) {
			t.Errorf("%s:\ngot  %q\nwant %q", line, got, want)
		}
	}
}

func TestTokenIsWrittenForThisUserOnlyAndReadAgain(t *testing.T) {
	for _, path := range []string{"", filepath.Join(t.TempDir(), "token")} {
		token := newToken()
		written, err := writeToken(path, token)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Remove(written) })
		if info, err := os.Stat(written); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("mode %v, %v", info.Mode(), err)
		}
		if read, err := readToken(written); read != token || err != nil {
			t.Errorf("got %q, %v, want %q", read, err, token)
		}
		if again, err := writeToken(written, newToken()); again != written || err != nil {
			t.Errorf("once more: %q, %v", again, err)
		}
		if read, _ := readToken(written); read != token {
			t.Error("the token of a file that was there has changed")
		}
	}
}

func TestATokenThatOthersCanReadIsWarnedOf(t *testing.T) {
	for mode, open := range map[os.FileMode]bool{0o600: false, 0o400: false, 0o644: true, 0o640: true} {
		path := file(t, "token", newToken())
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		p, errs := parse(t, "--agents 1 --join-timeout 1ms --token-file "+path)
		var said []string
		_, err := p.Start(t.Context(), nil, func(line string) { said = append(said, line) })
		warned := slices.ContainsFunc(said, func(line string) bool { return strings.HasSuffix(line, ": chmod 600 "+path) })
		if len(errs) > 0 || err == nil || warned != open {
			t.Errorf("mode %o: said %q; %v, %v", mode, said, errs, err)
		}
	}
}

func FuzzReadToken(f *testing.F) {
	for _, text := range []string{"", "a", "0123456789abcdef\n", "0123456789abcde f", "0123456789abcdef\r\n", "0123456789abcdé0"} {
		f.Add(text)
	}
	path := filepath.Join(f.TempDir(), "token")
	f.Fuzz(func(t *testing.T, text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		token, err := readToken(path)
		if err == nil && (len(token) < shortestToken || len(token) > longestToken || token != strings.TrimSpace(text) || strings.ContainsAny(token, " \t\r\n")) {
			t.Errorf("%q is the token of %q", token, text)
		}
		if err != nil && (token != "" || strings.Contains(err.Error(), "\n") || len(text) > 8 && strings.Contains(err.Error(), text)) {
			t.Errorf("%q: got %q, %v", text, token, err)
		}
	})
}

// lend returns the options of an agent's command line.
func lend(t *testing.T, line string) (name string, errs []string) {
	t.Helper()
	var f LendFlags
	set := pflag.NewFlagSet("agent", pflag.ContinueOnError)
	f.Bind(set)
	if err := set.Parse(strings.Fields(line)); err != nil {
		t.Fatal(err)
	}
	o, wrong := f.Options()
	return o.Name, texts(wrong)
}

func TestLendSaysWhatIsWrongWithEachFlag(t *testing.T) {
	token := file(t, "token", "0123456789abcdef\n")
	good := "--join nats://10.0.0.5:4222 --token-file " + token
	for line, want := range map[string][]string{
		good: nil,
		good + " --name web-1 --stay --patience 1s": nil,
		"": {
			"no --join: want the URL that the coordinator prints, such as --join nats://10.0.0.5:4222",
			"no --token-file: want the file that the coordinator names, or a copy of it",
		},
		"--join 10.0.0.5:4222 --token-file /none": {
			"--join: want the URL of a NATS server, such as nats://10.0.0.5:4222, or tls:// for one with a certificate",
			"--token-file /none: no such file or directory: want a copy of the file that the coordinator names",
		},
		good + " --name " + strings.Repeat("x", 65): {`--name "` + strings.Repeat("x", 65) + `": want at most 64 characters without blanks, such as web-1`},
		good + " --name a\x01b --patience 0s":       {`--name "a\x01b": want at most 64 characters without blanks, such as web-1`, "--patience 0s: want more than 0s, such as 5m"},
	} {
		if _, got := lend(t, line); !slices.Equal(got, want) {
			t.Errorf("%s:\ngot  %q\nwant %q", line, got, want)
		}
	}
	if name, _ := lend(t, good); name == "" || strings.Contains(name, " ") {
		t.Errorf("named %q, want the machine's name", name)
	}
}
