package cli

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sweetspot/bench"
	"sweetspot/bench/arrivals"
	"sweetspot/bench/cli/agents"
	"sweetspot/bench/cli/build"
	"sweetspot/bench/cli/live"
	"sweetspot/bench/cli/reach"
	"sweetspot/bench/cli/secret"
	"sweetspot/bench/cli/sending"
	"sweetspot/bench/cli/size"
	"sweetspot/bench/cli/telemetry"
	"sweetspot/bench/requests"
	"sweetspot/results"
	"sweetspot/results/stat"
	"sweetspot/server"
	"sweetspot/strategies"
	"sweetspot/strategies/expect"
)

// options are the flags that bench and sweep share, as they were given.
type options struct {
	defaults   []string // names of strategies to run unless --strategy is given
	strategies []string
	external   []string
	requests   int64
	duration   time.Duration
	warmup     time.Duration
	repeats    int
	seed       uint64
	timeout    time.Duration
	follow     int
	headers    []string
	method     string
	body       string
	urls       string
	against    string // of bench only
	insecure   bool
	reach      reach.Flags
	agents     agents.Flags
	sending    sending.Flags
	routed     bool // whether the flags of reach are right
	rate       float64
	arrivals   string
	streams    []int // one at most, but for a sweep
	decode     string
	expect     []string
	maxBody    size.Bytes
	profile    string
	out        string
	floor      string
	live       string
	otlp       telemetry.Flag
	display    display
	quiet      bool
}

// oneURL checks that no more arguments are given than the URL.
func oneURL(_ *cobra.Command, args []string) error {
	if len(args) > 1 {
		return fmt.Errorf("%d arguments, %q: want one URL at most, and --urls FILE for more", len(args), args)
	}
	if path := strings.Join(args, ""); path != "" {
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return fmt.Errorf("%s: a file: want a URL, or --urls %s", path, path)
		}
	}
	return nil
}

func (o *options) bind(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringSliceVarP(&o.strategies, "strategy", "s", nil, fmt.Sprintf(
		"run the strategies with these `NAMES`, separated by commas: see 'sweetspot strategies'; %s stands for its whole first list (default %s)",
		everyStrategy, strings.Join(o.defaults, ", ")))
	bindExternal(f, &o.external)
	o.agents.Bind(f)
	f.Int64VarP(&o.requests, "requests", "n", 0, "make each trial a batch of exactly `N` requests, with its end; in bench with its cold start too, unless --warmup is given")
	f.DurationVarP(&o.duration, "duration", "d", 500*time.Millisecond, "measure each trial for `DURATION`, after a warm-up that is not counted")
	f.DurationVar(&o.warmup, "warmup", bench.Automatic, "warm up for `DURATION` before each trial (default: until the strategy is at full speed; none with -n)")
	f.Lookup("warmup").DefValue = "0s" // pflag does not show a zero: the text says what the default is
	f.IntVar(&o.repeats, "repeats", bench.EnoughRepeats, "compare the strategies in `N` trials of each; with fewer than the default no winner is named")
	f.Uint64Var(&o.seed, "seed", 0, "order the trials at random by this `SEED` (default a new one, which is saved with the run)")
	o.bindRequest(cmd)
	f.StringVar(&o.urls, "urls", "", "make the requests in this `FILE`, one per line, in turn: a URL, a JSON object with url, method, headers and body, or a curl command; - is the standard input")
	o.sending.Bind(f)
	f.StringVar(&o.arrivals, "arrivals", "", "make it an open loop: requests are due at --rate, whether or not earlier ones have been answered, at times of this `KIND`: constant, or poisson as from many users; without a limit as many as are due may be in flight")
	f.StringVar(&o.profile, "profile", "article", "start the bundled server with the profile of this `NAME`, if no URL is given: see 'sweetspot serve --help'")
	f.StringVar(&o.out, "out", "", "save the run in this `FOLDER`, each trial as soon as it is over")
	bindFloor(f, &o.floor, "take the standard deviation of each strategy")
	o.otlp.Bind(f, "after each trial")
	f.StringVar(&o.live, "live", "", "show the run while it is under way on a page at this `ADDRESS`: a port of 127.0.0.1, or HOST:PORT; Prometheus metrics are at /metrics; an open page uses a little of the client's CPU")
	o.display.bind(cmd)
	f.BoolVarP(&o.quiet, "quiet", "q", false, "do not show progress, where the run was saved, or how long a sweep may take")
	_ = cmd.RegisterFlagCompletionFunc("strategy", completeStrategies)
	_ = cmd.RegisterFlagCompletionFunc("profile", completeProfiles)
	_ = cmd.RegisterFlagCompletionFunc("arrivals", cobra.FixedCompletions([]string{string(arrivals.Constant), string(arrivals.Poisson)}, cobra.ShellCompDirectiveNoFileComp))
}

// bindRequest binds the flags that say what is requested beside the URLs.
func (o *options) bindRequest(cmd *cobra.Command) {
	f := cmd.Flags()
	f.DurationVar(&o.timeout, "timeout", strategies.DefaultTimeout, "let each request take at most `DURATION`")
	f.IntVar(&o.follow, "follow", 0, "follow at most `N` redirects per request, which is one request still, with one timeout; credentials go on to the same server only (default none: a redirect is an answer)")
	f.StringArrayVarP(&o.headers, "header", "H", nil, "send this `HEADER`, such as 'Accept: text/plain'; may be repeated")
	f.StringVarP(&o.method, "method", "X", http.MethodGet, "request with this HTTP `METHOD`")
	f.StringVar(&o.body, "body", "", "send this `BODY`, with POST if --method is not given; @FILE reads it from a file")
	f.BoolVar(&o.insecure, "insecure", false, "do not verify TLS certificates")
	o.reach.Bind(f)
	f.Float64Var(&o.rate, "rate", 0, "start at most `N` requests per second (default no cap)")
	f.StringVar(&o.decode, "decode", "", "decode each body in this `FORMAT`, as part of the request: json, as RFC 8259 defines it, after gzip; 204 and 304 have no body")
	o.maxBody = strategies.DefaultMaxBody
	f.Var(&o.maxBody, "max-body", "count a body over this `SIZE` as a failure, if it is decoded; one that is not decoded is read and thrown away, whatever its size")
	f.StringArrayVar(&o.expect, "expect", nil, "count only responses that meet this `EXPRESSION` as goodput, over status, bytes, body, json and header(\"name\"), such as 'status == 200 and json.ok'; may be repeated; the language is that of expr-lang.org; where no expression has status, one of 400 or above is a failure as ever")
	_ = cmd.RegisterFlagCompletionFunc("decode", cobra.FixedCompletions([]string{"json"}, cobra.ShellCompDirectiveNoFileComp))
}

// parsed is the meaning of the flags and arguments.
type parsed struct {
	load       bench.Load
	target     string // the URL, template, file or path on the bundled server, as it was given but without the user
	strategies []strategies.Strategy
	otlp       string // the URL to which metrics are pushed; empty for none
	live       string // the address to serve the run on while it is under way; empty for none
	floor      *stat.Component
	sending    sending.Plan
	agents     agents.Plan
	team       *agents.Team      // of the plan, once it has joined; nil if this process makes the requests
	warnings   []results.Warning // about the flags
}

// parse returns the meaning of the flags and arguments. It adds everything that is wrong with them to found, also that a
// target does not accept connections.
func (o *options) parse(cmd *cobra.Command, args []string, found *faults) parsed {
	url := strings.Join(args, "") // at most one
	if len(args) > 0 && url == "" {
		found.addf("URL: an empty one: want one such as http://127.0.0.1:8080/, or none for the bundled server")
	}
	if !cmd.Flags().Changed("seed") {
		o.seed = rand.Uint64N(1<<52) + 1 // a number that every reader of JSON can hold
	}
	p := parsed{target: secret.Logins(url) + o.urls, strategies: o.chosen(cmd, found), load: o.load(cmd, url, found)}
	p.floor, p.warnings = strategyFloor(o.floor, found)
	var unsendable []error
	p.sending, unsendable = o.sending.Plan()
	found.usage = append(found.usage, unsendable...)
	var misled []error
	p.agents, misled = o.agents.Plan(cmd.Flags().Changed, build.Describe().Exact())
	found.usage = append(found.usage, misled...)
	if p.load.URLs != nil {
		p.warnings = append(p.warnings, spread(p.load.Header, each(p.load.URLs))...)
	}
	o.display.check(found)
	if _, err := server.FindProfile(o.profile); err != nil {
		found.usage = append(found.usage, fmt.Errorf("--%w", err))
	}
	if cmd.Flags().Changed("profile") && p.load.URLs != nil && !strings.HasPrefix(o.against, "/") {
		found.addf("--profile %s beside a URL: want one of the two, since a profile is the bundled server's", o.profile)
	}
	if o.repeats < 1 {
		found.addf("--repeats %d: want at least 1", o.repeats)
	}
	checkOut("--out", o.out, found)
	p.otlp = o.collector(found)
	if cmd.Flags().Changed("live") {
		var err error
		p.live, err = live.ParseAddress(o.live)
		found.add("--live "+o.live, err)
	}
	if p.load.URLs != nil && o.routed && p.agents.Count() == 0 { // what agents reach they find out
		found.failures = append(found.failures, unreachable(cmd.Context(), p.load)...)
	}
	if p.load.URLs != nil {
		o.sayIgnored(cmd)
	}
	return p
}

// sayIgnored says which settings of the environment for a proxy are ignored, if there are any.
func (o *options) sayIgnored(cmd *cobra.Command) {
	if ignored := o.reach.Ignored(os.Environ()); ignored != "" {
		fmt.Fprintln(cmd.ErrOrStderr(), ignored)
	}
}

// load returns the load that the flags and the URL, which may be empty, describe.
func (o *options) load(cmd *cobra.Command, url string, found *faults) bench.Load {
	load := o.request(cmd, found)
	load.Requests, load.Duration, load.Warmup = o.requests, o.duration, o.warmup
	var err error
	load.URLs, err = o.addresses(cmd, url)
	if list, ok := load.URLs.(*requests.List); ok && list != nil && list.Varied() {
		load.Messages = list
	}
	found.add(subjectOf(url, o.urls), err)
	for _, n := range o.streams {
		if n < 0 {
			found.addf("--streams %d: want at least 1, or 0 for as many as the server allows", n)
		}
		load.Streams = n
	}
	if cmd.Flags().Changed("arrivals") {
		if load.Arrivals, err = arrivals.ParseKind(o.arrivals); err != nil {
			found.addf("--arrivals %w", err)
		}
		load.Seed = o.seed
	}
	if cmd.Flags().Changed("requests") && cmd.Flags().Changed("duration") {
		found.addf("--requests beside --duration: want trials of N requests or of a DURATION")
	}
	if cmd.Flags().Changed("requests") && o.requests < 1 {
		found.addf("--requests %d: want at least 1", o.requests)
	}
	if o.duration < time.Millisecond {
		found.addf("--duration %v: want at least 1ms, such as 2s", o.duration)
	}
	if o.warmup < 0 && o.warmup != bench.Automatic {
		found.addf("--warmup %v: want at least 0s", o.warmup)
	}
	if least := load.ShortestWindow(); o.requests == 0 && o.duration < least {
		found.addf("--rate %g: fewer than two requests start within --duration %v: want a --duration of at least %v", o.rate, o.duration, least)
	}
	return load
}

// request returns the load that the flags of bindRequest describe, without URLs. The secrets of the flags are added to those of the
// command.
func (o *options) request(cmd *cobra.Command, found *faults) bench.Load {
	if o.body != "" && !cmd.Flags().Changed("method") {
		o.method = http.MethodPost
	}
	load := bench.Load{
		Method: o.method, Timeout: o.timeout, Insecure: o.insecure, Decode: o.decode != "", MaxBody: int64(o.maxBody), Rate: o.rate, Follow: o.follow,
	}
	var err error
	var astray []error
	load.Route, astray = o.reach.Route()
	found.usage, o.routed = append(found.usage, astray...), len(astray) == 0
	load.Header, err = bench.ParseHeader(o.headers)
	found.add("--header", err)
	load.Body, err = sending.ReadBody(o.body)
	found.add("--body", err)
	secrets := secret.From(cmd.Context())
	secrets.Body(load.Body)
	for _, line := range o.headers {
		secrets.Header(line)
	}
	if !sending.ValidMethod(o.method) {
		found.addf("--method %q: want a word such as GET or POST", o.method)
	}
	if o.decode != "" && o.decode != "json" {
		found.addf("--decode %s: want json", o.decode)
	}
	load.Expect, err = expect.Compile(o.expect)
	found.add("--expect", err)
	if o.follow < 0 {
		found.addf("--follow %d: want at least 0", o.follow)
	}
	if o.timeout < time.Millisecond {
		found.addf("--timeout %v: want at least 1ms, such as 10s", o.timeout)
	}
	if cmd.Flags().Changed("rate") && !(o.rate > 0) { // written so that NaN is wrong too
		found.addf("--rate %g: want more than 0", o.rate)
	}
	return load
}

func subjectOf(url, file string) string {
	if file != "" {
		return "--urls " + file
	}
	return "URL " + url
}

// addresses returns the load's URLs. It returns nil for the bundled server, whose URL is not known yet: if there is no URL
// or only a path, which may be a template. It adds the logins of a file's URLs to the secrets.
func (o *options) addresses(cmd *cobra.Command, url string) (bench.URLs, error) {
	switch {
	case url != "" && o.urls != "":
		return nil, errors.New("a URL is given beside it: want one of the two")
	case o.urls != "":
		text, err := sending.ReadList(o.urls, cmd.InOrStdin())
		if err != nil {
			return nil, errors.New(strings.TrimPrefix(err.Error(), o.urls+": ")) // the caller names the path
		}
		secrets := secret.From(cmd.Context())
		secrets.URLs(string(text))
		list, err := requests.Parse(string(text))
		if list != nil {
			secrets.Messages(list)
		}
		if err != nil {
			return nil, err // not a nil *requests.List
		}
		return list, nil
	}
	return urlsOf(url)
}

// urlsOf returns the URLs of a URL or a template; nil for the bundled server, if it is empty or only a path.
func urlsOf(url string) (bench.URLs, error) {
	switch {
	case strings.HasPrefix(url, "/"):
		_, err := bench.ParseURL("http://127.0.0.1" + url)
		return nil, err
	case url != "":
		return bench.ParseURL(url)
	}
	return nil, nil
}

// server returns the arguments that the bundled server is started with.
func (o *options) server() []string { return []string{"--profile", o.profile} }
