package cli

import (
	"fmt"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"sweetspot/bench"
	"sweetspot/results"
	"sweetspot/results/article"
	"sweetspot/strategies"
)

// A part is what is measured in one run: batches of one size, or a sweep, against its own bundled server.
type part struct {
	title string
	job
	unable error // why the part cannot be run here; nil if it can
}

// do runs the part on its own server.
func (p part) do(cmd *cobra.Command) error {
	if p.unable != nil {
		return p.unable
	}
	p.run.Started = time.Now().UTC().Format(time.RFC3339)
	return p.job.do(cmd)
}

// The limits that are swept. Below the smallest a batch of 4,000 takes long and shows nothing new.
const (
	sweptFrom = 8
	sweptTo   = 4096
)

// articleShare is the share of the peak that the limit to use must give.
const articleShare = 0.97

// codes are the distinct URLs that are requested.
const codes = "/{0-9a-z:4}"

// parts returns what is to be measured. All codes come first: a run reports the largest memory that the process has had, so
// after another part it would report that part's.
func (a articleFlags) parts(arguments []string) []part {
	var parts []part
	add := func(p part) {
		p.run.Arguments = arguments
		parts = append(parts, p)
	}
	if !a.quick {
		add(a.batches(article.InstantServer, results.AllCodes, 1, []article.Batch{{Strategy: fastest(), Limit: 100}}))
	}
	for _, profile := range []string{article.ArticleServer, article.InstantServer} {
		for _, requests := range []int64{40, 1000, 4000} {
			var rows []article.Batch
			for _, b := range article.Batches(profile) {
				if b.Requests == requests {
					rows = append(rows, b)
				}
			}
			add(a.batches(profile, requests, a.repeats, rows))
		}
	}
	if !a.quick {
		add(a.sweep("python-aiohttp", article.ArticleServer))
		add(a.sweep("python-aiohttp", article.InstantServer))
		add(a.sweep("semaphore", article.ArticleServer))
	}
	return parts
}

// fastest returns the strategy that requests all codes.
func fastest() string {
	if runtime.GOOS == "linux" {
		return "eventloop"
	}
	return "fasthttp"
}

// batches returns the part that makes batches of one size.
func (a articleFlags) batches(profile string, requests int64, repeats int, rows []article.Batch) part {
	p := a.part("article", profile, requests, fmt.Sprintf("batches of %d", requests))
	var entries []bench.Entry
	for _, row := range rows {
		s, err := strategies.Get(row.Strategy)
		if err != nil {
			p.run.Warnings = append(p.run.Warnings, results.Warningf(results.LeftOut, "left out: %v", err))
			continue
		}
		entries = append(entries, bench.Entry{Strategy: s, Limit: row.Limit})
	}
	p.plan = bench.Batches{Entries: entries, Repeats: repeats, Seed: a.seed}
	return p
}

// sweep returns the part that sweeps the limit of a strategy in batches of 4,000, as the article did.
func (a articleFlags) sweep(strategy, profile string) part {
	p := a.part("sweep", profile, 4000, strategy+" swept over the limit")
	s, err := strategies.Get(strategy)
	p.unable = err
	p.run.Settings.ColdStart = false // its session makes one batch after the other
	p.plan = bench.Sweep{
		Strategies: []strategies.Strategy{s}, Min: sweptFrom, Max: sweptTo, Share: articleShare, Budget: a.budget, Seed: a.seed,
	}
	return p
}

// part returns what all parts have in common.
func (a articleFlags) part(command, profile string, requests int64, title string) part {
	load := bench.Load{Requests: requests, Decode: true, Warmup: bench.Automatic}
	run := newRun(command, nil, parsed{load: load, target: codes}, &options{seed: a.seed, profile: profile})
	run.Bundled = truth(profile, articleShare, sweptTo)
	return part{title: title + ", profile " + profile, job: job{load: load, server: []string{"--profile", profile}, run: run, out: a.out, quiet: a.quiet}}
}
