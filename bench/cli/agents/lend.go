package agents

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/pflag"

	"sweetspot/bench/fleet"
)

// LendFlags are the flags of the command that lends this machine to a run, as they were given.
type LendFlags struct {
	join      string
	tokenFile string
	name      string
	patience  time.Duration
	stay      bool
	secure    secure
}

// Bind adds the flags to those of a command.
func (f *LendFlags) Bind(flags *pflag.FlagSet) {
	flags.StringVar(&f.join, "join", "", "join the coordinator at this `URL`, as it prints it: nats://HOST:PORT, or tls://HOST:PORT")
	flags.StringVar(&f.tokenFile, "token-file", "", "take the coordinator's token from this `FILE`")
	flags.StringVar(&f.name, "name", "", "call this agent `NAME` in tables and warnings, as no other of the run is called (default the machine's name)")
	flags.DurationVar(&f.patience, "patience", fleet.DefaultPatience, "look for a coordinator for at most `DURATION`, at first and if it is lost")
	flags.BoolVar(&f.stay, "stay", false, "when a run is over wait for the next, without an end, instead of ending with it")
	f.secure.bind(flags, "", "show the coordinator the certificate in this `FILE`, in PEM, if it asks for one", "accept a coordinator whose certificate these authorities signed, in this `FILE`, in PEM, in place of the system's")
}

// Options returns the meaning of the flags, but for the strategies, and an error for each flag that is wrong.
func (f *LendFlags) Options() (fleet.AgentOptions, []error) {
	var errs []error
	add := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if f.join == "" {
		add("no --join: want the URL that the coordinator prints, such as --join nats://10.0.0.5:4222")
	} else if err := checkServer(f.join); err != nil {
		add("--join: %w", err)
	}
	token, err := readToken(f.tokenFile)
	switch {
	case f.tokenFile == "":
		add("no --token-file: want the file that the coordinator names, or a copy of it")
	case absent(err):
		add("--token-file %w: want a copy of the file that the coordinator names", err)
	case err != nil:
		add("--token-file %w", err)
	}
	name, err := f.named()
	if err != nil {
		add("--name %w", err)
	}
	if f.patience <= 0 {
		add("--patience %v: want more than 0s, such as 5m", f.patience)
	}
	config, wrong := f.secure.config("", false)
	return fleet.AgentOptions{Join: f.join, Token: token, TLS: config, Name: name, Patience: f.patience, Stay: f.stay}, append(errs, wrong...)
}

// longestName is how many bytes the name of an agent may have.
const longestName = 64

// named returns the agent's name: the one that was given, or the machine's.
func (f *LendFlags) named() (string, error) {
	odd := func(r rune) bool { return !unicode.IsPrint(r) || r == ' ' }
	if f.name == "" {
		host, err := os.Hostname()
		host = strings.Map(func(r rune) rune {
			if odd(r) {
				return '-'
			}
			return r
		}, host)
		if err != nil || host == "" {
			return "", errors.New("NAME: the machine has none: want one such as web-1")
		}
		return host[:min(len(host), longestName)], nil
	}
	if len(f.name) > longestName || strings.ContainsFunc(f.name, odd) {
		return "", fmt.Errorf("%q: want at most %d characters without blanks, such as web-1", f.name, longestName)
	}
	return f.name, nil
}
