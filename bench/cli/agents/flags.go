// Package agents has the machines that make the requests of a run in place of this one: the flags of the commands that use them and
// of the command that lends a machine, and agents on this machine, as processes.
package agents

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"

	"github.com/spf13/pflag"

	"sweetspot/bench/fleet"
)

// Flags are the flags of a command whose requests agents can make, as they were given.
type Flags struct {
	count       int
	spawn       bool
	listen      string
	nats        string
	tokenFile   string
	joinTimeout time.Duration
	secure      secure
}

// Bind adds the flags to those of a command.
func (f *Flags) Bind(flags *pflag.FlagSet) {
	flags.IntVar(&f.count, "agents", 0, "have the requests made by `N` machines, each of which runs 'sweetspot agent'; the limit and the rate are those of all together (default by this process)")
	flags.BoolVar(&f.spawn, "spawn", false, "start the agents here, as processes, to try them")
	flags.StringVar(&f.listen, "listen", fleet.DefaultListen, "let agents join at `HOST:PORT`; with 127.0.0.1 they must be on this machine, and port 0 is any that is free")
	flags.StringVar(&f.nats, "nats", "", "meet the agents at the NATS server with this `URL`, such as nats://10.0.0.5:4222, instead of starting one")
	flags.StringVar(&f.tokenFile, "token-file", "", "let agents join that have the token in this `FILE`, which is made if there is none (default a file for this run, with a new token)")
	flags.DurationVar(&f.joinTimeout, "join-timeout", fleet.DefaultJoinTimeout, "wait at most `DURATION` for agents to join, and for one to come back that was lost")
	f.secure.bind(flags, "agents-", "with --listen, show agents the certificate in this `FILE`, in PEM, and speak TLS with them; with --nats, show it to that server",
		"with --listen, let only agents join whose certificates these authorities signed, in this `FILE`, in PEM; with --nats, accept that server's")
}

// A Plan is the meaning of the flags. The zero Plan is a run without agents.
type Plan struct {
	spawn     bool
	tokenFile string
	options   fleet.Options
	secure    secure
}

// Plan returns the meaning of the flags, or an error for each that is wrong. Changed reports whether a flag was given. The version is
// that of this program.
func (f *Flags) Plan(changed func(flag string) bool, version string) (Plan, []error) {
	var errs []error
	add := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if !changed("agents") {
		for _, flag := range []string{"spawn", "listen", "nats", "token-file", "join-timeout", "agents-cert", "agents-key", "agents-cacert"} {
			if changed(flag) {
				add("--%s without --agents: want how many machines make the requests, such as --agents 3", flag)
			}
		}
		return Plan{}, errs
	}
	p := Plan{spawn: f.spawn, tokenFile: f.tokenFile, secure: f.secure}
	p.options = fleet.Options{Agents: f.count, Version: version, NATS: f.nats, JoinTimeout: f.joinTimeout}
	if f.count < 1 || f.count > mostAgents {
		add("--agents %d: want from 1 to %d", f.count, mostAgents)
	}
	if f.joinTimeout <= 0 {
		add("--join-timeout %v: want more than 0s, such as 2m", f.joinTimeout)
	}
	if f.nats == "" {
		p.options.Listen = f.listen
		if err := checkListen(f.listen); err != nil {
			add("--listen %w", err)
		}
	} else if err := checkServer(f.nats); err != nil {
		add("--nats: %w", err)
	}
	if f.nats != "" && changed("listen") {
		add("--nats beside --listen: want the server that is used or the address of a new one")
	}
	if f.spawn && f.nats == "" && f.secure.given() {
		add("--spawn beside --agents-cert or --agents-cacert: want one of the two, since agents that are started here need no TLS")
	}
	if f.nats == "" && f.secure.cacert != "" && f.secure.cert == "" {
		add("--agents-cacert without --agents-cert: want the certificate of this side too")
	}
	token, err := readToken(f.tokenFile)
	if err != nil && !absent(err) {
		add("--token-file %w", err)
	}
	p.options.Token = cmp.Or(token, newToken())
	var wrong []error
	p.options.TLS, wrong = f.secure.config("agents-", f.nats == "")
	return p, append(errs, wrong...)
}

// mostAgents is more agents than a coordinator has a place for: see the figures in package fleet.
const mostAgents = 1000

// Given reports whether the flags ask for agents.
func (f *Flags) Given() bool { return f.count != 0 }

// Count returns how many agents the plan has; 0 for none.
func (p Plan) Count() int { return p.options.Agents }

// Token returns the token that agents must have; empty for none.
func (p Plan) Token() string { return p.options.Token }

// Here reports whether all agents are on this machine, as far as the plan says.
func (p Plan) Here() bool {
	host, _, _ := net.SplitHostPort(p.options.Listen)
	if server, err := url.Parse(p.options.NATS); p.options.NATS != "" && err == nil {
		host = server.Hostname()
	}
	return p.spawn || isLoopback(host)
}

// isLoopback reports whether only this machine reaches the host.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// checkServer returns an error unless the text is the URL of a NATS server. The error does not quote it, since it may have a login.
func checkServer(text string) error {
	if !fleet.IsServer(text) {
		return errors.New("want the URL of a NATS server, such as nats://10.0.0.5:4222, or tls:// for one with a certificate")
	}
	return nil
}

// checkListen returns an error unless the text is an address to listen on.
func checkListen(text string) error {
	host, port, err := net.SplitHostPort(text)
	if err == nil && host == "" {
		err = errors.New("no host")
	}
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	if err != nil {
		return fmt.Errorf("%q: want HOST:PORT, such as 0.0.0.0:4222 for every address of this machine", text)
	}
	return nil
}
