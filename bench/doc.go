// Package bench runs strategies against an HTTP server and measures them.
//
// There are three plans, and each is run on a [Load] and returns [Findings]:
//
//   - A [Comparison] measures strategies beside one another at one limit, and says which is the fastest; or two targets, and says
//     which is faster.
//   - A [Sweep] measures strategies at many limits, and says which limit to use for each, and how sure that is.
//   - [Batches] measures batches of requests with a new session for each, as for a program that makes one batch and ends.
//
// Start with strategies.Get, which returns a strategy by its name once package strategies/all is imported, and with
// [ParseURL] for the addresses to request. A Comparison and Batches measure a number of blocks. A Sweep lasts until it has
// decided or its budget is spent. A run ends early when its context ends, and then returns what it has found by then. An
// [Observer] sees every trial of the run as soon as it is over, and how far the run has come; its zero value observes
// nothing.
//
// No function of this package prints, and none knows a command line. Reasons for caution are data: see
// [results.Warning].
//
// # Architecture
//
// The repository has four rooms. Each is a subject: what changes for one reason lives together.
//
//	strategies/      the contract of a strategy; schedules, clients, and their pairs; one file per strategy
//	  network/         connections by any route, address cache and connection counts that all clients share
//	  eventloop/       an event loop over sockets, without a goroutine per request; over HTTP/1.1 and HTTP/2
//	  external/        programs in other languages, over a protocol of lines
//	  python/          the Python programs, and their registration
//	  http1/           the parser of HTTP/1.1 responses; http2/ is the state machine of a connection of HTTP/2
//	  lines/           reads requests from lists: URLs, JSON, commands of curl
//	  expect/          expressions that decide which responses are successes
//	  strategytest/    the checks that every strategy passes, also one outside this repository
//	  all/             registers every strategy by import
//	bench/           measures: trials, comparisons, sweeps, checks of the figures
//	  optimum/         pure decisions: from measured points to a limit with its interval, from samples to verdicts
//	  arrivals/        when the requests of an open loop are due
//	  tally/           what a trial counts; what several machines have counted of one, and its sum
//	  fetch/           requests a list and keeps the answers; limit/ finds the limit meanwhile, flock/ locks the output
//	  fleet/           trials on several machines, over NATS: the strategies of a run, opened on its agents
//	  requests/        lists of requests and templates of URLs, headers for single hosts, logins
//	  ports/           the local ports that a run needs; process/ is what this process has used
//	  cli/             the command line; its packages: the bundled server's process, the live page, the terminal, the machine,
//	                   signals, fetching, reach and sending, which are flags of several commands, agents, the machines that make the
//	                   requests of a run, room, for how many they have room, child, the processes of this program, and secret, the
//	                   filter that every output passes
//	results/         what was measured: run, trial, summary, figures, verdicts, warnings, the run file
//	  input/           reads files that a user names, within bounds
//	  stat/            the statistical tests; text/ writes numbers; render/ has the formats
//	  compare/         two runs set against each other; threshold/ is the language of --require
//	  article/         the article's claims against what was measured; report/ is the page with charts
//	server/          the test server
//	  capacity/        models of capacity, and their exact throughput
//	  station/         the queueing station that keeps to a model
//
// Imports point one way, and a test of the root package checks it: strategies, results and server import nothing of the
// other rooms, but for strategytest, whose checks need the test server; bench imports strategies and results; bench/cli
// imports all rooms, and only main.go imports bench/cli.
//
// # The path of one request
//
// A trial gives a session of a strategy a [strategies.Work]: its recorder. The strategy asks one of the recorder's workers
// for the next request. The worker claims an index, waits if the load's rate requires it, makes the URL of that index, and
// notes the time. In an open loop package arrivals says when the request is due: one worker waits for the next that is due, and the
// others wait for their turn, so that any strategy works in an open loop. What is due while all slots are full waits, and its
// response time counts from when it was due.
//
// The strategy then makes the request. A [strategies.Schedule] gives it to a [strategies.Caller], which is net/http or
// fasthttp over connections that package network dials. The event loop writes it to a socket itself. An external program
// receives it in a line of its standard input, and reports its outcome in a line of its standard output.
//
// The outcome goes back to the same worker, with its error class and its HTTP status. The worker keeps it in a shard of
// its own, and adds the shard to the trial's counts a few dozen outcomes at a time. So recording takes neither a lock nor
// an allocation per request. The counts decide by the time of its end whether a request belongs to the warm-up or to the
// measured window, or was cut off when the window ended.
//
// A trial under way on this machine is an [Underway]. Its window is opened and shut at once, or at instants that were set in advance.
// The requests of a session that is a [Remote] are made by other machines: each has its [Order.Share] of the trial under way, and what
// they count is added up by [Merge]. If one of them is lost, the trial is void, and with it its block, which is measured again.
//
// The counts become a [results.Trial]. It is validated: what speaks against its figures is attached as a warning. If the
// target counts its requests, as the bundled server does, its counts must agree with the trial's.
//
// # The path of one sweep
//
// The command line turns flags into a [Load] and a [Sweep], checks the target and the limits of the machine, and starts
// the bundled server if there is no URL. [Sweep.Run] opens a session and begins a search for each strategy.
//
// The searches take turns. [optimum.Search] proposes a limit, a trial measures it, and the search adds the result, until
// the interval is narrow enough or the budget is spent. With an [Objective], [optimum.SLOSearch] proposes the limits. As
// soon as a search has a limit to use, its strategy is also measured against a server that answers at once, to know what
// the client can reach.
//
// Then the signs of a client that is the bottleneck are read from the trials at each limit to use. If there is one, the
// client is slowed down on purpose: goodput falls in proportion only if the client is the bottleneck. A load with a rate, a
// batch and an Objective are exempt from both examinations.
//
// Then the strategies that have a limit to use, if there are two or more, are compared in random blocks, by
// [optimum.Compare]. The command line adds the [Findings] to the run. Package render prints the run. [results.File] has
// saved it trial by trial, if the user asked for that, and from that file the report command draws the page with charts.
package bench
