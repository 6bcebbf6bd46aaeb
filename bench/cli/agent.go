package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"sweetspot/bench"
	"sweetspot/bench/cli/agents"
	"sweetspot/bench/cli/build"
	"sweetspot/bench/cli/child"
	"sweetspot/bench/cli/machine"
	"sweetspot/bench/cli/room"
	"sweetspot/bench/cli/secret"
	"sweetspot/bench/fleet"
)

func newAgentCommand() *cobra.Command {
	var (
		flags      agents.LendFlags
		external   []string
		withParent bool
	)
	cmd := &cobra.Command{
		Use:   "agent --join URL --token-file FILE",
		Short: "Make requests for a run on another machine",
		Long: `agent lends this machine to a run on another one, the coordinator: 'sweetspot bench' or 'sweetspot sweep' with --agents N, which
prints the line to run here. It makes its share of the requests with the strategies that the run has, until the run is over.
Then it ends, unless --stay is given. It stops its requests if it hears nothing of the coordinator for some seconds.

Coordinator and agents must be of the same version. A program that the run uses with --external must be given here as well, with
the same name.

Exit status: 0 the run is over, 1 not taken (the token, the version or the name is wrong), or no coordinator was found, 2 wrong usage,
130 interrupted.`,
		Example: `  sweetspot agent --join nats://10.0.0.5:4222 --token-file token
  sweetspot agent --join tls://bench.example:4222 --token-file token --cacert ca.pem --name web-1 --stay`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return lend(cmd, &flags, external, withParent) },
	}
	f := cmd.Flags()
	flags.Bind(f)
	bindExternal(f, &external)
	f.BoolVar(&withParent, child.Flag, false, "stop when standard input ends, as it does when the parent process is gone")
	_ = f.MarkHidden(child.Flag)
	return cmd
}

// lend makes the requests that a coordinator asks for.
func lend(cmd *cobra.Command, flags *agents.LendFlags, external []string, withParent bool) error {
	var found faults
	options, wrong := flags.Options()
	found.usage = append(found.usage, wrong...)
	own := parsePrograms(cmd.Context(), external, &found)
	if err := found.err(); err != nil {
		return err
	}
	secret.From(cmd.Context()).Token(options.Token)
	ctx := cmd.Context()
	if withParent {
		within, cancel := child.WithParent(ctx, cmd.InOrStdin())
		defer cancel()
		ctx = within
	}
	options.Version, options.Machine, options.Strategies = build.Describe().Exact(), machine.Describe(), own.get
	options.Log = func(line string) { fmt.Fprintln(cmd.ErrOrStderr(), line) }
	err := fleet.Serve(ctx, options)
	if errors.Is(err, fleet.ErrRefused) {
		err = fmt.Errorf("%w; --name NAME gives this agent another", err)
	}
	return err
}

// muster returns the agents of a run once they have joined, nil without --agents. The place where requests are made is checked by fit, which
// adds to found what does not fit there. An error is that of found, or says who did not join and why.
func (o *options) muster(cmd *cobra.Command, plan parsed, found *faults, fit func(at room.Place)) (*agents.Team, error) {
	if plan.agents.Count() == 0 {
		here, err := room.Here()
		if found.misuse(err); err == nil {
			fit(here)
		}
		return nil, found.err()
	}
	if plan.load.URLs == nil && !plan.agents.Here() {
		found.addf("--agents without a URL: want one that every agent reaches, since the bundled server is on this machine")
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	secret.From(cmd.Context()).Token(plan.agents.Token())
	team, err := plan.agents.Start(cmd.Context(), o.external, func(line string) { fmt.Fprintln(cmd.ErrOrStderr(), line) })
	if err != nil {
		return nil, err
	}
	fit(team.Place())
	if err := found.err(); err != nil {
		team.Close()
		return nil, err
	}
	return team, nil
}

// reached has the agents connect to the targets.
func (j job) reached(ctx context.Context) error {
	loads := []bench.Load{j.load}
	if j.against != nil {
		loads = append(loads, j.load)
		loads[1].URLs = j.against.URLs
	}
	for _, load := range loads {
		if err := j.team.Reach(ctx, load); err != nil {
			return err
		}
	}
	return nil
}
