// Package fetch requests a list of jobs with a strategy and keeps what it gets: the load of package bench that measures nothing.
//
// [OpenList] and [FromURLs] give the jobs, [OpenStore] opens the output, and [Run] requests every job that has no line there yet, until
// each has one. So a fetch that was killed goes on when it is called again in the same way.
//
// # How it works
//
// Run is the Work of one session of a strategy, opened at the largest limit that there may be. A scheduler, which has neither a clock
// nor a goroutine, decides which job is requested when: hosts take turns, and a host may have a rate, a limit of its own, rules of its
// robots.txt, a time until which it asked to be left alone, and a circuit breaker. Jobs that failed and may succeed wait there for
// their next try. The strategy asks for requests by Next, which blocks, or by Delay if it is an event loop. So what holds requests back
// is one thing for all strategies: the scheduler has none to give.
//
// An answer is encoded by the goroutine of the strategy that received it, and becomes a line of the output once its request has ended.
// Package limit changes the limit by what the requests of one window of time after another have become.
//
// The memory does not depend on the length of the list: it is read as it is needed, up to a million jobs ahead as far as neighbours
// have the same host, and the set of the jobs that are done takes a bit each at most.
package fetch
