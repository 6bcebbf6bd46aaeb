package fleet

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"sweetspot/results"
	"sweetspot/strategies"
)

// The errors of a fleet. Each is wrapped in one that says in one line what is wrong and what would be right.
var (
	// ErrToken is returned to an agent whose token is not that of the coordinator.
	ErrToken = errors.New("wrong token")
	// ErrVersion is returned to an agent whose version of the program is not that of the coordinator.
	ErrVersion = errors.New("wrong version")
	// ErrRefused is returned to an agent for which the coordinator has no place: it has as many as it wants, or one of that name.
	ErrRefused = errors.New("refused")
	// ErrNoCoordinator is returned to an agent that finds no coordinator, or hears no more of the one it had.
	ErrNoCoordinator = errors.New("no coordinator")
	// ErrTooFew is returned to a coordinator that has waited for agents, and fewer have joined than it wants.
	ErrTooFew = errors.New("too few agents")
	// ErrUnreachable is returned to a coordinator one of whose agents cannot reach the target.
	ErrUnreachable = errors.New("the target is out of reach")
)

// The defaults of [Options] and [AgentOptions].
const (
	DefaultListen      = "127.0.0.1:0"
	DefaultJoinTimeout = time.Minute
	DefaultLease       = 5 * time.Second
	DefaultPatience    = time.Minute
)

// Options are those of a coordinator. Zero fields have the defaults that their comments name.
type Options struct {
	Agents  int    // how many agents there must be, at least 1
	Version string // of this program; every agent must have the same

	// Listen is where the embedded server listens: HOST:PORT. The default is [DefaultListen]: this machine only, a free port.
	Listen string
	// NATS is the URL of a server to use in place of the embedded one. It may have a login.
	NATS string
	// Token is what agents must have to join. The default is a random one with the embedded server, and none with another. To another
	// server it is shown too, unless the URL has a login.
	Token string
	// TLS has the certificate of the embedded server; or what the connection to another server needs. Nil is without TLS, unless
	// the URL says otherwise.
	TLS *tls.Config

	JoinTimeout time.Duration // how long [Fleet.Join] waits for agents, and a voided trial for one that was lost; default: [DefaultJoinTimeout]
	Lease       time.Duration // after which a machine counts as lost that was not heard of; default: [DefaultLease]

	// Log is given what happens, a line at a time: who joins, who is refused and why, who is lost. It may be nil. It may be called by
	// several goroutines at once.
	Log func(line string)
}

// AgentOptions are those of an agent. Zero fields have the defaults that their comments name.
type AgentOptions struct {
	Join    string          // the URL of the NATS server: nats://HOST:PORT, or tls://HOST:PORT
	Token   string          // that of the coordinator
	TLS     *tls.Config     // of the connection; nil is the system's authorities, if the server wants TLS
	Name    string          // that the agent has in what is reported, different from those of other agents
	Version string          // of this program
	Machine results.Machine // that it runs on

	// Strategies returns the strategy of a name, or an error that says why there is none.
	Strategies func(name string) (strategies.Strategy, error)

	// Patience is how long the agent looks for a coordinator before it gives up, at first and after the one it had was lost.
	// Default: [DefaultPatience].
	Patience time.Duration
	// Stay has the agent look for the next coordinator when one has ended, with any patience. Without it the agent ends then.
	Stay bool

	// Log is given what happens, a line at a time. It may be nil. It may be called by several goroutines at once.
	Log func(line string)

	epoch time.Time // from which the agent's clock counts; default: when it was started
}

func (o Options) withDefaults() Options {
	o.JoinTimeout = cmp.Or(o.JoinTimeout, DefaultJoinTimeout)
	o.Lease = cmp.Or(o.Lease, DefaultLease)
	if o.NATS == "" {
		o.Listen = cmp.Or(o.Listen, DefaultListen)
		o.Token = cmp.Or(o.Token, randomText(16))
	}
	if o.Log == nil {
		o.Log = func(string) {}
	}
	return o
}

// shortestLease is the shortest lease that is accepted. It has room for a few beats, and for the pauses of a busy machine.
const shortestLease = 100 * time.Millisecond

// check returns an error with a line for everything that is wrong.
func (o Options) check() error {
	var errs []error
	if o.Agents < 1 {
		errs = append(errs, fmt.Errorf("%d agents: want at least 1", o.Agents))
	}
	if o.NATS != "" && o.Listen != "" {
		errs = append(errs, errors.New("a server to use and an address to listen on: want one of them"))
	}
	if o.NATS != "" {
		errs = append(errs, checkServer(o.NATS))
	} else if _, _, err := hostAndPort(o.Listen); err != nil {
		errs = append(errs, err)
	}
	if o.JoinTimeout < 0 {
		errs = append(errs, fmt.Errorf("a wait of %v for agents: want more than 0", o.JoinTimeout))
	}
	if o.Lease < shortestLease {
		errs = append(errs, fmt.Errorf("a lease of %v: want at least %v", o.Lease, shortestLease))
	}
	return errors.Join(errs...)
}

func (o AgentOptions) withDefaults() AgentOptions {
	o.Patience = cmp.Or(o.Patience, DefaultPatience)
	if o.Log == nil {
		o.Log = func(string) {}
	}
	if o.epoch.IsZero() {
		o.epoch = time.Now()
	}
	return o
}

// check returns an error with a line for everything that is wrong.
func (o AgentOptions) check() error {
	errs := []error{checkServer(o.Join), checkName(o.Name)}
	if o.Strategies == nil {
		errs = append(errs, errors.New("no strategies: want a function that returns them"))
	}
	if o.Patience < 0 {
		errs = append(errs, fmt.Errorf("a patience of %v: want more than 0", o.Patience))
	}
	return errors.Join(errs...)
}

// longestName is how many bytes the name of an agent may have: it stands in tables and in warnings.
const longestName = 64

func checkName(name string) error {
	odd := strings.IndexFunc(name, func(r rune) bool { return !unicode.IsPrint(r) || r == ' ' })
	if name == "" || len(name) > longestName || odd >= 0 {
		return fmt.Errorf("the name %q: want 1 to %d characters without blanks", name, longestName)
	}
	return nil
}

// IsServer reports whether the text is the URL of a NATS server.
func IsServer(text string) bool {
	server, err := url.Parse(text)
	return err == nil && (server.Scheme == "nats" || server.Scheme == "tls") && server.Hostname() != ""
}

// checkServer returns an error unless the text is the URL of a NATS server. It does not quote the text, which may have a login.
func checkServer(text string) error {
	if !IsServer(text) {
		return errors.New("the URL of the NATS server: want one such as nats://127.0.0.1:4222")
	}
	return nil
}

// hostAndPort reads an address to listen on.
func hostAndPort(text string) (host string, port int, err error) {
	host, number, err := net.SplitHostPort(text)
	if err == nil {
		port, err = strconv.Atoi(number)
	}
	if err != nil || port < 0 || port > 65535 {
		return "", 0, fmt.Errorf("%q: want an address to listen on, such as 127.0.0.1:4222", text)
	}
	return host, port, nil
}

// shown returns the URL of a server without its login.
func shown(server string) string {
	parsed, err := url.Parse(server)
	if err != nil {
		return "the NATS server"
	}
	parsed.User = nil
	return parsed.String()
}
