package article

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sweetspot/results"
	"sweetspot/results/render"
	"sweetspot/results/stat"
	"sweetspot/results/text"
)

// findings returns what was found about each claim, and further findings.
func (a *measurements) findings() []render.Finding {
	var all []render.Finding
	for _, c := range claims {
		all = append(all, a.finding(c))
	}
	all = append(all, a.steadiness(), a.bestLimits(), a.costs(), a.timeOfAllCodes())
	return slices.DeleteFunc(all, func(f render.Finding) bool { return f.Text == "" })
}

// The batches that compare the steadiness of Python's two event loops.
var (
	onUvloop  = Batch{"python-uvloop", 100, 4000}
	onAsyncio = Batch{"python-aiohttp", 100, 4000}
)

// steadiness says whether the times of uvloop vary less than those of asyncio.
func (a *measurements) steadiness() render.Finding {
	var verdict outcome
	var parts []string
	for _, server := range servers {
		r, known := a.spreads(server.profile, onUvloop, onAsyncio)
		if !known {
			continue
		}
		verdict = verdict.and(either(r.high < 1, r.low > 1))
		uvloop, asyncio := a.row(server.profile, onUvloop), a.row(server.profile, onAsyncio)
		sure := fmt.Sprintf("%s to %s times as much", text.Number(r.low), text.Number(r.high))
		if r.high > maxBoundRatio*r.middle {
			sure = "too few batches to compare"
		}
		parts = append(parts, fmt.Sprintf("±%s and ±%s on %s (%s)", text.Percent(uvloop.Spread), text.Percent(asyncio.Spread), server.name, sure))
	}
	if verdict == "" {
		return render.Finding{}
	}
	return render.Finding{Verdict: verdict.answer(longer), Text: fmt.Sprintf("The article: uvloop is steadier, never above 2.1 s where asyncio reached 3 s. "+
		"Here the times of %s and of %s vary by %s; the slowest took %s.",
		onUvloop.named(), onAsyncio.named(), strings.Join(parts, ", and by "), a.slowest())}
}

// slowest says how long the slowest batches of the two event loops took on each server.
func (a *measurements) slowest() string {
	var parts []string
	for _, server := range servers {
		var worst [2]float64
		for i, b := range []Batch{onUvloop, onAsyncio} {
			for _, t := range a.whole[batchOnServer{server.profile, b}] {
				worst[i] = max(worst[i], stat.Ratio(float64(b.Requests), t.PerSecond))
			}
		}
		if worst[0] > 0 && worst[1] > 0 {
			parts = append(parts, text.Span(worst[0])+" and "+text.Span(worst[1]))
		}
	}
	return strings.Join(parts, ", and ")
}

// sweeps returns the runs that are sweeps of a bundled server, in their order.
func (a *measurements) sweeps() []*results.Run {
	var all []*results.Run
	for _, run := range a.runs {
		if run.Command == "sweep" && run.Bundled != nil && len(run.Trials) > 0 {
			all = append(all, run)
		}
	}
	return all
}

// maxLimitRatio is the largest ratio of two limits that are about the same. The limits that a sweep tries are up to 1.4 times apart.
const maxLimitRatio = 1.25

// bestLimits says which limit the sweeps found to be the best.
func (a *measurements) bestLimits() render.Finding {
	var verdict outcome
	var parts []string
	for _, run := range a.sweeps() {
		for _, o := range run.Optima {
			name := fmt.Sprintf("%s on %s", o.Strategy, serverNamed(run.Bundled.Profile))
			if !o.Verdict.Decided() {
				parts = append(parts, name+": no limit can be named")
				continue
			}
			parts = append(parts, fmt.Sprintf("%s: %s, and somewhere from %s to %s with 95%% confidence",
				name, text.Count(o.Peak.Limit), text.Count(o.Peak.Low), text.Count(o.Peak.High)))
			if verdict == "" && run.Bundled.Profile == ArticleServer {
				around := float64(o.Peak.Low) <= publishedBest*maxLimitRatio && publishedBest/maxLimitRatio <= float64(o.Peak.High)
				verdict = either(around, !around)
			}
		}
	}
	if len(parts) == 0 {
		return render.Finding{}
	}
	if verdict == "" {
		verdict = undecided
	}
	return render.Finding{Verdict: verdict.answer(longer), Text: fmt.Sprintf("The article: swept over the semaphore's size, aiohttp is best right around %d, "+
		"and the optimum depends on the host. Here the best is, for %s.", publishedBest, strings.Join(parts, "; "))}
}

// serverNamed names the server with a profile in a sentence.
func serverNamed(profile string) string {
	for _, server := range servers {
		if server.profile == profile {
			return server.name
		}
	}
	return "the server " + profile
}

// costs lists the time of each client per request on the server with which the client is the bottleneck.
func (a *measurements) costs() render.Finding {
	var names []Batch
	for _, p := range publishedBatches {
		if p.Requests == largestBatch && p.Limit == 100 && a.row(InstantServer, p.Batch) != nil {
			names = append(names, p.Batch)
		}
	}
	if len(names) < 2 {
		return render.Finding{}
	}
	slices.SortStableFunc(names, func(x, y Batch) int { return cmp.Compare(a.seconds(InstantServer, x), a.seconds(InstantServer, y)) })
	var order []string
	for _, b := range names {
		order = append(order, fmt.Sprintf("%s %s µs", b.Strategy, text.Number(a.row(InstantServer, b).Microseconds)))
	}
	return render.Finding{Text: "Time of each client per request, in batches of 4,000 at limit 100 on the server that answers at once: " + strings.Join(order, ", ") + "."}
}

// codes returns the run of all codes and its summary, or nil if no such run is complete.
func (a *measurements) codes() (*results.Run, *results.Summary) {
	for _, run := range a.runs {
		if run.Bundled == nil || run.Settings.Requests != results.AllCodes {
			continue
		}
		for _, t := range run.Trials {
			if s := a.row(run.Bundled.Profile, Batch{t.Strategy, t.Limit, results.AllCodes}); s != nil {
				return run, s
			}
		}
	}
	return nil, nil
}

// timeOfAllCodes says how long all codes took, and what the article projects.
func (a *measurements) timeOfAllCodes() render.Finding {
	_, s := a.codes()
	if s == nil {
		return render.Finding{}
	}
	took := float64(results.AllCodes) / s.PerSecond
	return render.Finding{Text: fmt.Sprintf("All 36^4 (%s) codes took %s with %s at limit %s, measured on %s. The article projects 11 minutes with aiohttp and 48 with threads.",
		text.Count(results.AllCodes), text.Span(took), s.Strategy, text.Count(s.Limit), serverNamed(InstantServer))}
}
