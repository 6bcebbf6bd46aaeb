package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sweetspot/bench/cli/child"
	"sweetspot/server"
	"sweetspot/server/capacity"
)

// serveFlags are the flags of serve, as they were given.
type serveFlags struct {
	config      server.Config // the flags that need no parsing
	profile     string
	capacity    string
	fail        string
	serviceTime string
	warming     string
	scar        string
	keepAlive   bool
	withParent  bool
	truth       bool
	limits      []int
	format      string
}

func newServeCommand() *cobra.Command {
	var flags serveFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Start the test server, whose best limit is known exactly",
		Long: `serve answers HTTP requests at a rate that depends on how many are in the server, so that the best concurrency limit is
known exactly. It speaks HTTP/1.1 and HTTP/2, and with --http3 HTTP/3; without --tls, HTTP/2 is for clients that know beforehand
that it is spoken (prior knowledge). Its first line of output is its URL. It serves until it is interrupted, then answers the requests under way.

  GET /             answers 200 with a JSON object; so does every path that is not in this list
  GET /login        sets a session cookie; GET /private answers 401 without it
  GET /redirect/N   leads to / in N steps
  GET /-/stats      what the server has counted, as JSON; POST /-/reset sets it to zero

Profiles, with what each of them shows:
` + profileLines() + `
Capacities: completions per second with n requests in the server. --truth prints the throughput that follows from them.
` + capacityLines(),
		Example: `  sweetspot serve --profile article --addr 127.0.0.1:8080
  sweetspot serve --capacity workers:n=32,service=10ms --delay 20ms --jitter 5ms
  sweetspot serve --delay 5ms --fail reset=1%,status500=2%,hang=0.1%,slow=1%:2s --seed 7
  sweetspot serve --capacity usl:rate=20,sigma=0,kappa=0.000278 --warming f=0.3,tau=8s --scar at=256,to=workers:n=4,service=50ms
  sweetspot serve --capacity reject:rate=500,burst=1000 --delay 80ms
  sweetspot serve --truth --profile plateau --limits 1,32,64,95,128`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return flags.run(cmd) },
	}
	flags.bind(cmd)
	return cmd
}

func profileLines() string {
	var lines strings.Builder
	for _, p := range server.Profiles() {
		fmt.Fprintf(&lines, "  %-12s %s\n  %-12s --capacity %s --delay %v\n", p.Name, p.Teaches, "", p.Capacity, p.Delay)
	}
	return lines.String()
}

func capacityLines() string {
	return "  " + strings.Join(capacity.Examples(), "\n  ")
}

func (f *serveFlags) bind(cmd *cobra.Command) {
	flags, c := cmd.Flags(), &f.config
	flags.StringVar(&c.Addr, "addr", "127.0.0.1:0", "listen on `HOST:PORT`; port 0 is any that is free")
	flags.StringVar(&f.profile, "profile", "", "use the profile of this `NAME`; --capacity and --delay change it")
	flags.StringVar(&f.capacity, "capacity", "none", "complete requests at the rate of the capacity model `SPEC`")
	flags.StringVar(&f.serviceTime, "service-time", "exponential", "draw the work per request from this `DISTRIBUTION`: exponential or constant")
	flags.StringVar(&f.warming, "warming", "", "let the capacity grow from the first request on, as in f=0.3,tau=8s: from 0.3 of it as 1-0.7e^(-t/8s)")
	flags.StringVar(&f.scar, "scar", "", "follow another capacity model for good once so many requests are inside, as in at=256,to=`SPEC`")
	flags.DurationVar(&c.Delay, "delay", 0, "delay every request by `DURATION`, outside the capacity, as a network does")
	flags.DurationVar(&c.Jitter, "jitter", 0, "delay every request by up to `DURATION` more, evenly distributed")
	flags.StringVar(&f.fail, "fail", "", "let these `SHARES` of the requests fail, each by its name: reset, status500, status429, hang, truncate or slow, as in reset=1%,slow=1%:2s")
	flags.Uint64Var(&c.Seed, "seed", 0, "draw everything random by this `SEED`")
	flags.IntVar(&c.Body, "body", 0, "answer with `N` bytes of JSON, up to 10485760 (default a short greeting)")
	flags.BoolVar(&c.Chunked, "chunked", false, "answer in chunks")
	flags.BoolVar(&c.Gzip, "gzip", false, "answer compressed to clients that accept it")
	flags.BoolVar(&c.TLS, "tls", false, "serve HTTPS, with a self-signed certificate; client and server agree on HTTP/2 or HTTP/1.1 by ALPN")
	flags.BoolVar(&c.HTTP3, "http3", false, "with --tls, speak HTTP/3 as well, at the same port of UDP")
	flags.BoolVar(&f.keepAlive, "keep-alive", true, "keep connections open between requests")
	flags.IntVar(&c.RequestsPerConn, "requests-per-connection", 0, "close a connection after `N` answers (default never)")
	flags.IntVar(&c.MaxConns, "max-connections", 0, "accept at most `N` connections at a time (default any number)")
	flags.IntVar(&c.MaxStreams, "max-streams", 0, "let a connection of HTTP/2 or HTTP/3 have at most `N` requests at a time (default 10000)")
	flags.IntVar(&c.Backlog, "backlog", 0, "let at most `N` connections wait to be accepted (default the system's)")
	flags.DurationVar(&c.Drain, "drain", 5*time.Second, "when stopped, wait at most `DURATION` for the requests under way")
	flags.BoolVar(&f.truth, "truth", false, "do not serve; print the exact throughput at --limits, the peak, and the smallest limits that give 95, 97 and 99% of it")
	flags.IntSliceVar(&f.limits, "limits", []int{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096}, "with --truth, print the throughput at these `LIMITS`, each from 1 to 10000, separated by commas")
	flags.Lookup("limits").DefValue = "the powers of 2 up to 4096"
	flags.StringVar(&f.format, "format", "json", "with --truth, print in this `FORMAT`: json")
	flags.BoolVar(&f.withParent, child.Flag, false, "stop when standard input ends, as it does when the parent process is gone")
	_ = flags.MarkHidden(child.Flag)
	_ = cmd.RegisterFlagCompletionFunc("profile", completeProfiles)
	_ = cmd.RegisterFlagCompletionFunc("service-time", cobra.FixedCompletions([]string{"exponential", "constant"}, cobra.ShellCompDirectiveNoFileComp))
}

func completeProfiles(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, p := range server.Profiles() {
		names = append(names, p.Name+"\t"+p.Teaches)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// run serves, or prints the truth, once all flags have been found right.
func (f *serveFlags) run(cmd *cobra.Command) error {
	config, err := f.parse(cmd)
	if err != nil {
		return err
	}
	if f.truth {
		return f.printTruth(cmd.OutOrStdout(), config)
	}
	srv, err := server.Start(config)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(cmd.OutOrStdout(), srv.URL()); err != nil {
		return errors.Join(err, srv.Close())
	}
	ctx := cmd.Context()
	if f.withParent {
		within, cancel := child.WithParent(ctx, cmd.InOrStdin())
		defer cancel()
		ctx = within
	}
	<-ctx.Done()
	if err := srv.Close(); err != nil { // the server has stopped all the same
		fmt.Fprintln(cmd.ErrOrStderr(), "sweetspot:", err)
	}
	return nil
}

// parse returns the configuration that the flags describe, or every fault in them as one usage error.
func (f *serveFlags) parse(cmd *cobra.Command) (server.Config, error) {
	var found faults
	note := func(err error) {
		if err == nil {
			return
		}
		for line := range strings.SplitSeq(err.Error(), "\n") {
			found.addf("--%s", line) // each line begins with the name of the setting, and the flag has the same name
		}
	}
	config := f.config
	config.NoKeepAlive = !f.keepAlive
	if f.profile != "" {
		p, err := server.FindProfile(f.profile)
		note(err)
		config.Capacity = p.Capacity
		if !cmd.Flags().Changed("delay") {
			config.Delay = p.Delay
		}
	}
	if f.profile == "" || cmd.Flags().Changed("capacity") {
		m, err := capacity.Parse(f.capacity)
		note(err)
		config.Capacity = m
	}
	var err error
	config.Fail, err = server.ParseFailures(f.fail)
	note(err)
	config.ServiceTime, err = server.ParseServiceTime(f.serviceTime)
	note(err)
	config.Warming, err = capacity.ParseWarming(f.warming)
	note(err)
	config.Scar, err = capacity.ParseScar(f.scar)
	note(err)
	note(config.Validate())
	for _, limit := range f.limits {
		if limit < 1 || limit > mostLimit {
			found.addf("--limits %d: want from 1 to %d", limit, mostLimit)
		}
	}
	if cmd.Flags().Changed("limits") && !f.truth {
		found.addf("--limits without --truth: want both, since --truth prints the throughput at these limits")
	}
	if f.format != "json" {
		found.addf("--format %q: want json", f.format)
	}
	return config, found.err()
}

// Where --truth looks for the peak: up to sweepLimit or the largest of --limits, whichever is larger.
const (
	sweepLimit = 4096   // the largest limit of a sweep by default
	mostLimit  = 10_000 // the largest that --limits takes
)

// printTruth prints the exact throughput as one JSON object.
func (f *serveFlags) printTruth(to io.Writer, config server.Config) error {
	truth, err := config.Truth(max(sweepLimit, slices.Max(append(f.limits, 1))))
	if err != nil {
		return usageError{fmt.Errorf("--truth: %w", err)}
	}
	type point struct {
		Limit     int     `json:"limit"`
		PerSecond float64 `json:"per_second"`
	}
	peak := truth.Peak()
	answer := struct {
		Limits   []point        `json:"limits"`
		Peak     point          `json:"peak"`
		Smallest map[string]int `json:"smallest"`
	}{[]point{}, point{peak.N, peak.PerSecond}, make(map[string]int)}
	for _, limit := range f.limits {
		answer.Limits = append(answer.Limits, point{limit, truth[limit-1]})
	}
	for _, share := range []float64{0.95, 0.97, 0.99} {
		answer.Smallest[fmt.Sprint(share)] = truth.Smallest(share)
	}
	return json.NewEncoder(to).Encode(answer)
}
