package article

import (
	"fmt"
	"strings"

	"sweetspot/results/render"
	"sweetspot/results/stat"
	"sweetspot/results/text"
)

// A claim is what the article says, or asks, of how long two batches take, one beside the other.
type claim struct {
	says       string // with the article's own figures
	one, other Batch
	expect     expectation
	published  float64 // how many times as long the one took in the article; 0 where it does not say

	// What explains, on either server, that it does not hold or that the difference is less than in the article. That
	// the server like the article's hides what clients cost is said once for all claims.
	there, atOnce string
}

// An expectation is how long the one batch takes beside the other, as the article has it.
type expectation int

const (
	longer   expectation = iota
	alike                // no faster to speak of
	question             // whether it is shorter: the article does not know
)

// toSpeakOf is the difference from which on a client is faster to speak of.
const toSpeakOf = 0.10

// claims are in the order of the article.
var claims = []claim{
	{
		says: "The article: requests in a loop takes 2.8 s for 40 requests, 40 threads take 365 ms, which is 7.67 times as fast.",
		one:  Batch{"python-requests", 1, 40}, other: Batch{"python-threads", 40, 40}, published: 2.8 / 0.365,
		atOnce: "Where answers come at once there is no waiting to share, and threads only cost.",
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
		there: "In a batch of no more than are in flight, ever fewer are: the server recovers as it goes, and a steady 4,000 would be slower still.",
	},
	{
		says: "The article: uvloop is no faster to speak of.",
		one:  Batch{"python-uvloop", 100, 4000}, other: Batch{"python-aiohttp", 100, 4000}, expect: alike,
		atOnce: "What uvloop saves is the event loop's own time, which shows only where the client is the bottleneck.",
	},
	{
		says: "The article: httpx with the semaphore is strictly slower than aiohttp.",
		one:  Batch{"python-httpx", 100, 4000}, other: Batch{"python-aiohttp", 100, 4000},
	},
	{
		says: "The article: so is httpx when the limit is left to the library.",
		one:  Batch{"python-httpx-unbounded", 100, 4000}, other: Batch{"python-aiohttp", 100, 4000},
	},
	{
		says: "The article: pycurl, driven by hand, is fast, but slower than aiohttp.",
		one:  Batch{"python-pycurl", 100, 4000}, other: Batch{"python-aiohttp", 100, 4000},
		atOnce: "libcurl connects, sends and parses in C, and with its handles used again Python is left with little more than the bodies.",
	},
	{
		says: "The article asks for a faster one that keeps its state and works locally.",
		one:  Batch{"eventloop", 100, 4000}, other: Batch{"python-aiohttp", 100, 4000}, expect: question,
	},
	{
		says: "And is it faster than libcurl under Python?",
		one:  Batch{"eventloop", 100, 4000}, other: Batch{"python-pycurl", 100, 4000}, expect: question,
	},
}

// An outcome is what became of a claim.
type outcome string

const (
	holds   outcome = "holds"
	differs outcome = "differs"
	open    outcome = "cannot be told"
	mixed   outcome = "depends on the server"
)

// judge says what an interval makes of a claim.
func (c claim) outcomeFor(r factor) outcome {
	faster, slower := r.high < 1/(1+stat.Negligible), r.low > 1+stat.Negligible
	switch c.expect {
	case alike:
		faster, slower = r.low > 1/(1+toSpeakOf), r.high < 1/(1+toSpeakOf)
		return either(faster, slower)
	case question:
		return either(faster, slower)
	}
	return either(slower, faster)
}

func either(yes, no bool) outcome {
	switch {
	case yes:
		return holds
	case no:
		return differs
	}
	return open
}

// articleServers are the servers that claims are held to, and how a sentence calls them.
var servers = []struct{ profile, name string }{
	{LikeTheArticles, "the server like the article's"},
	{AtOnce, "the server that answers at once"},
}

// comparisons returns how many intervals the page gives.
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

// and returns what two servers come to together. One that decides nothing leaves the word to the other, and so does the
// outcome that is empty, of none.
func (o outcome) and(other outcome) outcome {
	switch {
	case o == "" || o == open:
		return other
	case other == open || other == o:
		return o
	}
	return mixed
}

// outcome says what became of the claim on all servers; it is empty if none measured it.
func (a *measurements) outcome(c claim) outcome {
	var all outcome
	for _, server := range servers {
		if r, known := a.ratio(server.profile, c.one, c.other); known {
			all = all.and(c.outcomeFor(r))
		}
	}
	return all
}

// claimed says what the article claims and what was measured; it is empty if nothing was.
func (a *measurements) claimed(c claim) render.Finding {
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
		parts = append(parts, r.beside()+" on "+server.name)
		why := map[string]string{LikeTheArticles: c.there, AtOnce: c.atOnce}[server.profile]
		if why != "" && (c.outcomeFor(r) == differs || r.high < c.published) {
			reasons = append(reasons, why)
		}
	}
	words := fmt.Sprintf("%s Here %s beside %s: %s.",
		c.says, c.one.named(), c.other.named(), strings.Join(parts, "; "))
	if verdict == differs || verdict == mixed {
		reasons = append(reasons, a.spent(c))
	}
	return render.Finding{Verdict: verdict.answer(c.expect), Text: strings.TrimSpace(words + " " + strings.Join(reasons, " "))}
}

// answer is the outcome as a page has it: a question is answered.
func (o outcome) answer(e expectation) string {
	switch {
	case o == holds && e == question:
		return "Yes"
	case o == differs && e == question:
		return "No"
	}
	return strings.ToUpper(string(o[:1])) + string(o[1:])
}

// spent says what processor time the two clients of a claim spend, which explains most differences between them.
func (a *measurements) spent(c claim) string {
	one, other := a.row(AtOnce, c.one), a.row(AtOnce, c.other)
	if one == nil || other == nil || one.CPUMicroseconds == 0 || other.CPUMicroseconds == 0 {
		return ""
	}
	return fmt.Sprintf("The client's CPU a request, at once: %s µs, against %s µs.",
		text.Number(one.CPUMicroseconds), text.Number(other.CPUMicroseconds))
}

// named is what a sentence calls the batch.
func (b Batch) named() string {
	if b.Limit == 1 {
		return b.Strategy
	}
	return fmt.Sprintf("%s at %s", b.Strategy, text.Count(b.Limit))
}

// vague is the factor from the middle from which on an interval says nothing.
const vague = 10

// beside says how long a batch took beside another one.
func (r factor) beside() string {
	switch {
	case r.low > 1:
		return fmt.Sprintf("%s times as long (%s to %s)", text.Number(r.middle), text.Number(r.low), text.Number(r.high))
	case r.high < 1:
		return fmt.Sprintf("%s times as fast (%s to %s)", text.Number(1/r.middle), text.Number(1/r.high), text.Number(1/r.low))
	case r.high > vague*r.middle:
		return fmt.Sprintf("%s times as long, which so few batches leave open,", text.Number(r.middle))
	}
	return fmt.Sprintf("indistinguishable (%s to %s times as long)", text.Number(r.low), text.Number(r.high))
}
