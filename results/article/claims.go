package article

import (
	"fmt"
	"strings"

	"sweetspot/results/render"
	"sweetspot/results/stat"
	"sweetspot/results/text"
)

// A claim is what the article says, or asks, about how long one batch takes compared with another.
type claim struct {
	says       string // a sentence, with the article's own figures
	one, other Batch
	expect     expectation
	published  float64 // how many times as long batch one took as the other in the article; 0 if the article does not say

	// Why, on the server like the article's and on the one that answers at once, the claim may not hold, or the difference may
	// be smaller than in the article. The introduction of the page already says that the first server hides the cost of clients.
	there, atOnce string
}

// An expectation is what the article says about the time of batch one compared with that of the other.
type expectation int

const (
	longer   expectation = iota
	alike                // not faster by [noticeable]
	question             // the article asks whether batch one takes less time
)

// noticeable is the smallest difference that makes a client clearly faster, as a share.
const noticeable = 0.10

// claims are in the order of the article.
var claims = []claim{
	{
		says: "The article: requests in a loop takes 2.8 s for 40 requests, 40 threads take 365 ms, which is 7.67 times as fast.",
		one:  Batch{"python-requests", 1, 40}, other: Batch{"python-threads", 40, 40}, published: 2.8 / 0.365,
		atOnce: "A server that answers at once leaves no time to wait, so that threads only add cost.",
	},
	{
		says: "The article: aiohttp takes 100 ms for them, 3.65 times as fast as threads.",
		one:  Batch{"python-threads", 40, 40}, other: Batch{"python-aiohttp", 40, 40}, published: 0.365 / 0.100,
	},
	{
		says: "The article: 100 threads take 8 s for 4,000 requests, aiohttp at limit 100 takes 1.574 s, 5.08 times as fast.",
		one:  Batch{"python-threads", 100, 4000}, other: Batch{"python-aiohttp", 100, 4000}, published: 8 / 1.574,
	},
	{
		says: "The article: with all 4,000 in flight at once aiohttp is nearly 3 times slower than at 100.",
		one:  Batch{"python-aiohttp", 4000, 4000}, other: Batch{"python-aiohttp", 100, 4000}, published: publishedAllIn,
		there: "If a whole batch starts at once, the number of requests in flight only falls, so that the server recovers: a steady 4,000 in flight would be even slower.",
	},
	{
		says: "The article: uvloop is no faster by a noticeable amount.",
		one:  Batch{"python-uvloop", 100, 4000}, other: Batch{"python-aiohttp", 100, 4000}, expect: alike,
		atOnce: "uvloop saves CPU time of the event loop, which is visible only if the client is the bottleneck.",
	},
	{
		says: "The article: httpx with the semaphore is strictly slower than aiohttp.",
		one:  Batch{"python-httpx", 100, 4000}, other: Batch{"python-aiohttp", 100, 4000},
	},
	{
		says: "The article: httpx with the limit of the library instead of the semaphore is strictly slower too.",
		one:  Batch{"python-httpx-unbounded", 100, 4000}, other: Batch{"python-aiohttp", 100, 4000},
	},
	{
		says: "The article: pycurl, driven by hand, is fast, but slower than aiohttp.",
		one:  Batch{"python-pycurl", 100, 4000}, other: Batch{"python-aiohttp", 100, 4000},
		atOnce: "libcurl connects, sends and parses in C. Its handles are reused here, so that Python has little to do except for the bodies.",
	},
	{
		says: "The article asks for a faster library that keeps its state and works locally.",
		one:  Batch{"eventloop", 100, 4000}, other: Batch{"python-aiohttp", 100, 4000}, expect: question,
	},
	{
		says: "A further question: is a client in Go faster than libcurl under Python?",
		one:  Batch{"eventloop", 100, 4000}, other: Batch{"python-pycurl", 100, 4000}, expect: question,
	},
}

// An outcome says whether a claim holds.
type outcome string

const (
	holds     outcome = "holds"
	differs   outcome = "differs"
	undecided outcome = "undecided"
	mixed     outcome = "depends on the server"
)

// outcomeFor says whether the claim holds, given the interval of the ratio.
func (c claim) outcomeFor(r factor) outcome {
	faster, slower := r.high < 1/(1+stat.Negligible), r.low > 1+stat.Negligible
	switch c.expect {
	case alike:
		faster, slower = r.low > 1/(1+noticeable), r.high < 1/(1+noticeable)
		return either(faster, slower)
	case question:
		return either(faster, slower)
	}
	return either(slower, faster)
}

// either returns holds for yes, differs for no, and undecided for neither.
func either(yes, no bool) outcome {
	switch {
	case yes:
		return holds
	case no:
		return differs
	}
	return undecided
}

// servers are the servers that claims are held against, with their names in sentences.
var servers = []struct{ profile, name string }{
	{ArticleServer, "the server like the article's"},
	{InstantServer, "the server that answers at once"},
}

// comparisons returns the number of intervals on the page.
func (a *measurements) comparisons() int {
	n := 0
	for _, server := range servers {
		for _, c := range claims {
			if _, known := a.ratio(server.profile, c.one, c.other); known {
				n++
			}
		}
		if _, known := a.spreads(server.profile, onUvloop, onAsyncio); known {
			n++
		}
	}
	return n
}

// and returns the outcome on two servers together. An outcome that is undecided or empty leaves the decision to the other.
func (o outcome) and(other outcome) outcome {
	switch {
	case o == "" || o == undecided:
		return other
	case other == undecided || other == o:
		return o
	}
	return mixed
}

// outcome returns the outcome of the claim on all servers. It is empty if none measured it.
func (a *measurements) outcome(c claim) outcome {
	var all outcome
	for _, server := range servers {
		if r, known := a.ratio(server.profile, c.one, c.other); known {
			all = all.and(c.outcomeFor(r))
		}
	}
	return all
}

// finding returns the finding about a claim: what the article says and what was measured. It is empty if nothing was measured.
func (a *measurements) finding(c claim) render.Finding {
	verdict := a.outcome(c)
	if verdict == "" {
		return render.Finding{}
	}
	var parts, reasons []string
	for _, server := range servers {
		r, known := a.ratio(server.profile, c.one, c.other)
		if !known {
			continue
		}
		parts = append(parts, r.words()+" on "+server.name)
		why := map[string]string{ArticleServer: c.there, InstantServer: c.atOnce}[server.profile]
		if why != "" && (c.outcomeFor(r) == differs || r.high < c.published) {
			reasons = append(reasons, why)
		}
	}
	words := fmt.Sprintf("%s Here %s compared with %s: %s.",
		c.says, c.one.named(), c.other.named(), strings.Join(parts, "; "))
	if verdict == differs || verdict == mixed {
		reasons = append(reasons, a.cpuTimes(c))
	}
	return render.Finding{Verdict: verdict.answer(c.expect), Text: strings.TrimSpace(words + " " + strings.Join(reasons, " "))}
}

// answer writes the outcome for the page: Yes or No to a question.
func (o outcome) answer(e expectation) string {
	switch {
	case o == holds && e == question:
		return "Yes"
	case o == differs && e == question:
		return "No"
	}
	return strings.ToUpper(string(o[:1])) + string(o[1:])
}

// cpuTimes says how much processor time the two clients of a claim use, which explains most differences.
func (a *measurements) cpuTimes(c claim) string {
	one, other := a.row(InstantServer, c.one), a.row(InstantServer, c.other)
	if one == nil || other == nil || one.CPUMicroseconds == 0 || other.CPUMicroseconds == 0 {
		return ""
	}
	return fmt.Sprintf("CPU time of the client per request, on the server that answers at once: %s µs and %s µs.",
		text.Number(one.CPUMicroseconds), text.Number(other.CPUMicroseconds))
}

// named names the batch in a sentence.
func (b Batch) named() string {
	if b.Limit == 1 {
		return b.Strategy
	}
	return fmt.Sprintf("%s at %s", b.Strategy, text.Count(b.Limit))
}

// maxBoundRatio is the ratio of an interval's end to its middle above which the interval is not worth reporting.
const maxBoundRatio = 10

// words writes the factor: how long a batch took compared with another one.
func (r factor) words() string {
	switch {
	case r.low > 1:
		return fmt.Sprintf("%s times as long (%s to %s)", text.Number(r.middle), text.Number(r.low), text.Number(r.high))
	case r.high < 1:
		return fmt.Sprintf("%s times as fast (%s to %s)", text.Number(1/r.middle), text.Number(1/r.high), text.Number(1/r.low))
	case r.high > maxBoundRatio*r.middle:
		return fmt.Sprintf("%s times as long, which is not certain after so few batches,", text.Number(r.middle))
	}
	return fmt.Sprintf("indistinguishable (%s to %s times as long)", text.Number(r.low), text.Number(r.high))
}
