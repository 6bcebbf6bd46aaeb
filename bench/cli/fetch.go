package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sweetspot/bench"
	"sweetspot/bench/cli/fetching"
	"sweetspot/bench/cli/live"
	"sweetspot/bench/cli/machine"
	"sweetspot/bench/cli/room"
	"sweetspot/bench/cli/secret"
	"sweetspot/bench/cli/sending"
	"sweetspot/bench/fetch"
	"sweetspot/server"
)

// fetchFlags are the flags of fetch, as they were given.
type fetchFlags struct {
	options
	strategy string
	limit    string
	output   string
	skipBad  bool
	store    fetch.StoreOptions
	settings fetch.Settings
}

func newFetchCommand() *cobra.Command {
	var flags fetchFlags
	cmd := &cobra.Command{
		Use:   "fetch [URL]",
		Short: "Request a list of URLs with the best strategy and limit, and keep the answers",
		Long: `fetch requests every URL once, retries what may succeed, and writes one line of JSON per URL to a file. If it is stopped or
killed, the same command goes on: a URL that has a line is not requested again. bench/fetch/OUTPUT.md describes the lines.

The URLs are those of a template, such as 'http://host/{1..1000}', or of a file or the standard input, one per line. A line may
also be a JSON object with "url", and "method", "headers" and "body" if they differ; its other members come back in the output.

The limit is found while the requests are made (auto), a number, or the run file of a sweep: then it stays within the interval
of the sweep's best limit.

Requests that are refused, reset or too slow, and answers 408, 425, 429 and 500 to 504, are retried, unless the method may not be
repeated. A host that sends Retry-After is left alone until then. A host whose requests all fail is set aside, and at last given
up: its other URLs fail for good. Redirects are answers, unless --follow is given.

Exit status: 0 every URL succeeded, 4 some failed for good, 130 interrupted, 1 failed, 2 wrong usage.`,
		Example: `  sweetspot fetch --urls urls.txt -o answers.jsonl
  sweetspot fetch -c runs/2026-11-22T094226-sweep.jsonl --urls urls.txt -o answers.jsonl
  sweetspot fetch 'https://example.org/items/{1..1000}' -o items.jsonl --rate-per-host 5 --robots
  sweetspot fetch --urls urls.txt -o answers.jsonl --retry-failed
  sweetspot fetch --urls pages.txt -o pages.jsonl --bodies pages --warc pages.warc.gz`,
		Args: oneURL,
		RunE: func(cmd *cobra.Command, args []string) error { return flags.run(cmd, args) },
	}
	flags.bind(cmd)
	return cmd
}

func (o *fetchFlags) bind(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVarP(&o.strategy, "strategy", "s", "", "request with the strategy of this `NAME`: see 'sweetspot strategies' (default that of the run file, or "+toSweep()[0]+")")
	f.StringVarP(&o.limit, "limit", "c", fetching.Auto, "have at most this `LIMIT` of requests in flight: auto, a number, or the run file of a sweep")
	f.StringVar(&o.urls, "urls", "", "request the URLs in this `FILE`, one per line; - is the standard input")
	f.StringVarP(&o.output, "output", "o", "-", "write the lines to this `FILE`, and go on if it exists; - is the standard output, which cannot be gone on with")
	f.BoolVar(&o.skipBad, "skip-bad", false, "skip lines that are no URL, instead of ending before the first request")
	f.BoolVar(&o.store.RetryFailed, "retry-failed", false, "request again what failed for good, in place of its lines")
	f.StringVar(&o.store.Bodies, "bodies", "", "write bodies to files in this `FOLDER`, instead of into the lines")
	f.StringVar(&o.store.WARC, "warc", "", "write the answers to this WARC `FILE` too, each compressed by gzip")
	f.StringArrayVar(&o.settings.Headers, "include-header", nil, "write this `HEADER` of the answers to the lines; may be repeated")
	f.IntVar(&o.settings.Retries, "retries", fetch.DefaultRetries, "retry a request at most `N` times; times that the host asked to wait do not count")
	f.DurationVar(&o.settings.MaxWait, "max-retry-after", fetch.DefaultMaxWait, "wait at most `DURATION` when a host sends Retry-After")
	f.DurationVar(&o.settings.Patience, "host-patience", fetch.DefaultPatience, "give a host up whose requests have all failed for `DURATION`")
	f.IntVar(&o.settings.PerHost, "per-host", 0, "have at most `N` requests in flight to a host (default its part of the limit)")
	f.Float64Var(&o.settings.RatePerHost, "rate-per-host", 0, "start at most `N` requests per second to a host (default no cap)")
	f.BoolVar(&o.settings.Robots, "robots", false, "obey the robots.txt of each host, with its Crawl-delay")
	o.bindRequest(cmd)
	o.sending.Bind(f)
	f.Lookup("max-body").Usage = "count a body over this `SIZE` as a failure"
	f.Lookup("expect").Usage = strings.Replace(f.Lookup("expect").Usage, "as goodput", "as successes", 1)
	f.StringVar(&o.profile, "profile", "article", "start the bundled server with the profile of this `NAME`, if the URL is only a path: see 'sweetspot serve --help'")
	f.StringVar(&o.out, "out", "", "save what was measured in this `FOLDER`, as a run file for show, report and compare")
	f.StringVar(&o.live, "live", "", "show the fetch while it is under way on a page at this `ADDRESS`: a port of 127.0.0.1, or HOST:PORT; Prometheus metrics are at /metrics")
	o.otlp.Bind(f, "every "+fetching.PushInterval.String())
	o.display.bind(cmd)
	f.BoolVarP(&o.quiet, "quiet", "q", false, "do not show progress, or where things were saved")
	_ = cmd.RegisterFlagCompletionFunc("strategy", completeStrategies)
	_ = cmd.RegisterFlagCompletionFunc("profile", completeProfiles)
	_ = cmd.RegisterFlagCompletionFunc("limit", cobra.FixedCompletions([]string{fetching.Auto}, cobra.ShellCompDirectiveDefault)) // or a file
}

// A fetchPlan is the meaning of the flags.
type fetchPlan struct {
	target  string       // as it was given, without logins
	load    bench.Load   // without URLs
	source  fetch.Source // nil if the URL is a path on the bundled server
	closer  io.Closer    // of the source; nil if there is nothing to close
	sending sending.Plan // what single requests send
	skipped int64        // lines of the source that are no URL
	live    string       // the address of the live page; empty for none
	otlp    string       // the URL to which metrics are pushed; empty for none
	most    int          // the largest limit that the open files permit
}

// parse returns the meaning of the flags. It adds what is wrong with them to found.
func (o *fetchFlags) parse(cmd *cobra.Command, args []string, found *faults) fetchPlan {
	url := strings.Join(args, "") // at most one
	p := fetchPlan{target: secret.Logins(url) + o.urls, load: o.request(cmd, found)}
	o.settings.Rate = o.rate
	var unsendable []error
	p.sending, unsendable = o.sending.Plan()
	found.usage = append(found.usage, unsendable...)
	o.parseSource(cmd, url, &p, found)
	o.checkNumbers(cmd, found)
	if _, err := server.FindProfile(o.profile); err != nil {
		found.usage = append(found.usage, fmt.Errorf("--%w", err))
	}
	if o.output == fetching.Standard && (o.store.WARC != "" || o.store.Bodies != "" || o.store.RetryFailed) {
		found.addf("--warc, --bodies and --retry-failed need an output that is a file: want -o FILE")
	}
	o.display.check(found)
	checkOut("--out", o.out, found)
	p.otlp = o.collector(found)
	if cmd.Flags().Changed("live") {
		var err error
		p.live, err = live.ParseAddress(o.live)
		found.add("--live "+o.live, err)
	}
	files, err := machine.RaiseOpenFiles()
	if p.most = int(files) - room.SpareFiles; err != nil || p.most < 1 {
		found.addf("open files: the limit is %d: want a 'ulimit -n' of at least %d", files, room.SpareFiles+1)
	}
	return p
}

// parseSource opens the source of the URLs.
func (o *fetchFlags) parseSource(cmd *cobra.Command, url string, p *fetchPlan, found *faults) {
	var err error
	switch {
	case url == "" && o.urls == "":
		found.addf("no URL: want one, a template such as 'http://host/{1..1000}', or --urls FILE")
	case url != "" && o.urls != "":
		found.addf("--urls %s: a URL is given beside it: want one of the two", o.urls)
	case o.urls != "":
		var list *fetch.List
		if list, p.closer, err = fetching.File(o.urls, cmd.InOrStdin(), o.skipBad); err == nil {
			p.source, p.skipped = list, list.Bad()
		}
		found.add("--urls "+o.urls, err)
	case strings.HasPrefix(url, "/"):
		_, err = fetching.Template("http://127.0.0.1"+url, url) // the port is not known yet
		found.add("URL "+url, err)
	default:
		p.source, err = fetching.Template(url, url)
		found.add("URL "+secret.Logins(url), err)
	}
}

// checkNumbers adds the flags whose values cannot be meant.
func (o *fetchFlags) checkNumbers(cmd *cobra.Command, found *faults) {
	for _, flag := range []struct {
		name  string
		right bool
		want  string
	}{
		{"retries", o.settings.Retries >= 0, "at least 0"},
		{"per-host", o.settings.PerHost > 0, "at least 1"},
		{"rate-per-host", o.settings.RatePerHost > 0, "more than 0"}, // which NaN is not
		{"max-retry-after", o.settings.MaxWait >= time.Second, "at least 1s"},
		{"host-patience", o.settings.Patience >= time.Second, "at least 1s"},
		{"output", o.output != "", "a file, or - for the standard output"},
	} {
		if given := cmd.Flags().Lookup(flag.name); given.Changed && !flag.right {
			found.addf("--%s %v: want %s", flag.name, given.Value, flag.want)
		}
	}
}
