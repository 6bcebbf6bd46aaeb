package agents

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/url"
	"os"
	"strings"
	"sync"

	"sweetspot/bench"
	"sweetspot/bench/cli/room"
	"sweetspot/bench/fleet"
	"sweetspot/results"
	"sweetspot/results/text"
	"sweetspot/strategies"
)

// A Team is the agents of a run. Its functions may be called on the nil Team, which is a run without agents.
type Team struct {
	fleet *fleet.Fleet
	used  []strategies.Strategy // by the run
	crew  *crew                 // the agents that were started here; nil if there are none
	token string                // the path of the file that was made for this run; empty if there is none
	here  bool
	mu    sync.Mutex
	say   func(line string)
}

// Start starts a coordinator, and agents if the plan says so, and waits until all have joined. It says a line at a time
// how to start them, who has come, and what becomes of them: see [Team.Tell]. External are programs that the agents have too, as the commands take them. An error says who
// came, and why the others did not; if ctx ends it is ctx's. The caller must call [Team.Close].
func (p Plan) Start(ctx context.Context, external []string, say func(line string)) (*Team, error) {
	if p.Count() == 0 {
		return nil, nil
	}
	t := &Team{say: say, here: p.Here()}
	if err := t.begin(ctx, p, external); err != nil {
		t.Close()
		return nil, err
	}
	return t, nil
}

func (t *Team) begin(ctx context.Context, p Plan, external []string) error {
	token, err := writeToken(p.tokenFile, p.options.Token)
	if err != nil {
		return fmt.Errorf("--token-file %w", err)
	}
	if p.tokenFile == "" {
		t.token = token
	}
	p.options.Log = t.tell
	if t.fleet, err = fleet.Listen(context.WithoutCancel(ctx), p.options); err != nil { // it ends when it is closed, after its trials
		return p.unable(err)
	}
	join := append([]string{"agent", "--join", t.fleet.Address(), "--token-file", token}, p.joining()...)
	if !p.spawn {
		for _, line := range p.howToJoin(join) {
			t.tell(line)
		}
		return t.fleet.Join(ctx)
	}
	if p.options.NATS != "" {
		join[2] = p.options.NATS // with its login, which the address has not
	}
	for _, program := range external {
		join = append(join, "--external", program)
	}
	joining, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	if t.crew, err = startCrew(p.Count(), join, t.tell, fail); err != nil {
		return err
	}
	err = t.fleet.Join(joining)
	if cause := context.Cause(joining); err != nil && ctx.Err() == nil && cause != nil {
		return cause // an agent has ended
	}
	if errors.Is(err, fleet.ErrTooFew) {
		return fmt.Errorf("%w%s", err, t.crew.said())
	}
	t.crew.complete()
	return err
}

// unable says by the flags why there is no coordinator.
func (p Plan) unable(err error) error {
	flag, why := "--listen "+p.options.Listen, strings.TrimPrefix(err.Error(), "fleet: ")
	if p.options.NATS != "" {
		flag = "--nats"
		if errors.Is(err, fleet.ErrToken) {
			why = "the server does not accept the login: want its user and password in the URL, as in nats://USER:PASSWORD@HOST:PORT"
		}
	}
	return fmt.Errorf("%s: %s", flag, why)
}

// joining returns the flags with which an agent speaks TLS with the coordinator, as far as they are the same on every machine.
func (p Plan) joining() []string {
	if p.options.NATS != "" {
		return p.secure.arguments()
	}
	return nil
}

// howToJoin says what to run on each machine.
func (p Plan) howToJoin(join []string) []string {
	where := "one on each machine"
	if p.Here() && p.options.NATS == "" {
		where = "on this machine (--listen HOST:PORT lets others join)"
	} else if p.tokenFile == "" {
		where += ", with a copy of " + join[4] + " there"
	}
	if server, err := url.Parse(p.options.NATS); err == nil && server.User != nil {
		where += ", with the login of the NATS server in the URL"
	}
	line := "sweetspot " + strings.Join(text.Each(join, quoted), " ")
	if p.options.NATS == "" && p.secure.cert != "" {
		line += " --cacert FILE" // of whoever signed the certificate
		if p.secure.cacert != "" {
			line += " --cert FILE --key FILE"
		}
	}
	return []string{fmt.Sprintf("waiting for %s, at most %v: start %s:", text.Plural(p.Count(), "agent"), p.options.JoinTimeout, where), "  " + line}
}

// quoted returns a word as a shell takes it.
func quoted(word string) string {
	if word != "" && !strings.ContainsAny(word, " \t\n'\"$&|<>{}()*?;\\`#~!") {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// tell says a line.
func (t *Team) tell(line string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.say(line)
}

// Tell has what happens to the agents from now on said to another function.
func (t *Team) Tell(say func(line string)) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.say = say
}

// Strategies returns the strategies with the agents as those that run them.
func (t *Team) Strategies(all []strategies.Strategy) []strategies.Strategy {
	if t == nil {
		return all
	}
	t.used = all
	return text.Each(all, t.fleet.Strategy)
}

// Reach has each agent connect to the hosts of the load, before the first request. The error has a line for each agent that cannot.
func (t *Team) Reach(ctx context.Context, load bench.Load) error {
	if t == nil {
		return nil
	}
	return t.fleet.Reach(ctx, load, t.used)
}

// Members describes the agents.
func (t *Team) Members() []results.Member {
	if t == nil {
		return nil
	}
	return text.Each(t.fleet.Members(), func(m fleet.Member) results.Member {
		return results.Member{Name: m.Name, Version: m.Version, Machine: m.Machine}
	})
}

// Here reports whether all agents are on this machine, as far as that is known; so are the requests of a run without agents.
func (t *Team) Here() bool { return t == nil || t.here }

// Place returns the agents as the place where requests are made. They are taken to have as many ports as this machine.
func (t *Team) Place() room.Place {
	members := t.Members()
	at := room.Place{Files: math.MaxInt32, Ports: room.OwnPorts(), Shares: len(members)}
	if t.crew != nil {
		at.Ports /= at.Shares // which they share
	}
	for _, m := range members {
		if files := room.Count(m.Machine.OpenFiles); files < at.Files || at.Agent == "" {
			at.Files, at.Agent = files, m.Name
		}
	}
	return at
}

// Close tells the agents that the run is over, ends those that were started here, and removes the file of the token that was made
// for the run. It may be called more than once.
func (t *Team) Close() {
	if t == nil {
		return
	}
	if t.crew != nil {
		t.crew.expectEnd()
	}
	if t.fleet != nil {
		t.fleet.Close()
	}
	if t.crew != nil {
		t.crew.stop()
	}
	if t.token != "" {
		_ = os.Remove(t.token)
	}
}
