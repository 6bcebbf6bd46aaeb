package article_test

import (
	"bytes"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"sweetspot/results"
	"sweetspot/results/article"
	"sweetspot/results/internal/fixture"
	"sweetspot/results/render"
)

// costs are microseconds per request, at once, of the clients whose article page is drawn.
var costs = map[string]float64{
	"python-requests": 620, "python-requests-session": 440, "python-threads": 637, "python-aiohttp": 177, "python-uvloop": 141,
	"python-httpx": 858, "python-httpx-unbounded": 949, "python-pycurl": 20, "sequential": 110, "semaphore": 45, "fasthttp": 20,
	"eventloop": 10,
}

// articleRun returns a run of the article command on a bundled server, without its trials.
func articleRun(command, profile string, requests int64) *results.Run {
	run := fixture.Empty(command)
	run.Settings.Requests, run.Settings.DurationSeconds, run.Settings.Decode = requests, 0, "json"
	run.Arguments = []string{"article", "--repeats=6"}
	run.Bundled = &results.Bundled{Profile: profile}
	if profile == article.ArticleServer {
		run.Bundled = &results.Bundled{Profile: profile, Limit: 62, PerSecond: 2569, Share: 0.97, Smallest: 32}
	}
	return run
}

// batch returns a trial of a batch that took about seconds, give or take noise (a share of one).
func batch(random *rand.Rand, b article.Batch, block int, seconds, noise float64) results.Trial {
	seconds *= math.Exp(noise * random.NormFloat64())
	return results.Trial{
		Strategy: b.Strategy, Limit: b.Limit, Block: block, Started: b.Requests, Succeeded: b.Requests, Elapsed: seconds,
		PerSecond: float64(b.Requests) / seconds, CPU: 0.9e-6 * costs[b.Strategy] * float64(b.Requests), InFlightMean: 1, Witnessed: true,
	}
}

// batches returns a run of the article's batches of one size: each takes what its client costs, or what the server lets
// it do, if that is longer, and with all in flight twice as long.
func batches(profile string, requests int64, repeats int) *results.Run {
	random := rand.New(rand.NewPCG(5, uint64(requests)))
	run := articleRun("article", profile, requests)
	for block := range repeats {
		for _, b := range article.Batches(profile) {
			if b.Requests != requests {
				continue
			}
			each := costs[b.Strategy] * 1e-6
			if profile == article.ArticleServer {
				each = max(each, 390e-6)
				if b.Limit == 1 {
					each += 6e-3
				}
			}
			if b.Limit == 4000 {
				each *= 2
			}
			run.Trials = append(run.Trials, batch(random, b, block, each*float64(requests), 0.01))
		}
	}
	return run
}

// articleSweep returns a sweep of a strategy, best at 60 on the server like the article's.
func articleSweep(strategy string) *results.Run {
	random := rand.New(rand.NewPCG(6, 7))
	run := articleRun("sweep", article.ArticleServer, 4000)
	for block := range 2 {
		for _, limit := range []int{8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096} {
			n := float64(limit)
			seconds := 4000/2569.0 + 15/n + n/1500
			run.Trials = append(run.Trials, batch(random, article.Batch{Strategy: strategy, Limit: limit, Requests: 4000}, block, seconds, 0.01))
		}
	}
	run.Optima = []results.Optimum{{
		Strategy: strategy, Verdict: results.Peak, Limit: 45, Low: 32, High: 45, Certain: true, Share: 0.97, PerSecond: 2510,
		Peak:     results.PeakLimit{Limit: 64, Low: 45, High: 91, PerSecond: 2540},
		Explored: [2]int{8, 4096}, Trials: 20, Requests: 80000, Elapsed: 55,
	}}
	return run
}

// measuredArticle returns all runs of an article with every client.
func measuredArticle() []*results.Run {
	all := articleRun("article", article.InstantServer, results.AllCodes)
	random := rand.New(rand.NewPCG(8, 9))
	all.Trials = []results.Trial{batch(random, article.Batch{Strategy: "eventloop", Limit: 100, Requests: results.AllCodes}, 0, 17.9, 0)}
	all.PeakMemory = 31e6
	runs := []*results.Run{all}
	for _, profile := range []string{article.ArticleServer, article.InstantServer} {
		for _, requests := range []int64{40, 1000, 4000} {
			runs = append(runs, batches(profile, requests, 6))
		}
	}
	runs[1].Versions = map[string]string{"python-aiohttp": "aiohttp 3.8.4, Python 3.11.2", "python-pycurl": "PycURL/7.45.2, Python 3.11.2"}
	timedOut := &runs[3].Trials[2]
	timedOut.Succeeded -= 3
	timedOut.Failed, timedOut.FirstError = map[string]int64{"timeout": 3}, "read tcp 127.0.0.1:41234: i/o timeout"
	return append(runs, articleSweep("python-aiohttp"))
}

// partOfTheArticle returns the runs of one that had no Python, one repeat, and was interrupted.
func partOfTheArticle() []*results.Run {
	run := batches(article.ArticleServer, 4000, 1)
	var able []results.Trial
	for _, trial := range run.Trials {
		if !strings.HasPrefix(trial.Strategy, "python") {
			able = append(able, trial)
		}
	}
	cut := able[0]
	cut.Strategy, cut.Started, cut.Succeeded, cut.Purpose = "fasthttp", 17, 17, results.Interrupted
	cut.Warnings = []results.Warning{{Text: "interrupted after 0.2 s"}}
	cut.Witnessed = false
	run.Trials = append(able[:2:2], cut)
	run.Warnings = []results.Warning{{Text: "left out: python-aiohttp: want apt install python3-aiohttp, or pip install aiohttp"}}
	return []*results.Run{run}
}

func articlePage(t *testing.T, runs []*results.Run, format string, width int) string {
	t.Helper()
	var text bytes.Buffer
	if err := article.Write(&text, runs, format, render.Screen{Columns: width}); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func TestWriteLooksAsBefore(t *testing.T) {
	for name, got := range map[string]string{
		"markdown.golden": articlePage(t, measuredArticle(), render.Markdown, 0),
		"table.golden":    articlePage(t, measuredArticle(), render.Table, 120),
		"part.golden":     articlePage(t, partOfTheArticle(), render.Markdown, 0),
		"nothing.golden":  articlePage(t, nil, render.Markdown, 0),
	} {
		t.Run(name, func(t *testing.T) { fixture.Golden(t, filepath.Join("testdata", name), got) })
	}
}

func TestWriteFitsTheTerminal(t *testing.T) {
	for _, width := range []int{60, 80, 120} {
		for line := range strings.Lines(articlePage(t, measuredArticle(), render.Table, width)) {
			if got := twwidth.Width(strings.TrimSuffix(line, "\n")); got > width {
				t.Errorf("at %d: %d columns: %s", width, got, line)
			}
		}
	}
}

// What is found follows from what was measured: the same page says the opposite of clients that cost something else.
func TestWriteFindsWhatTheFiguresSay(t *testing.T) {
	for _, c := range []struct {
		says    string
		pycurl  float64 // microseconds per request
		uvloop  float64
		noise   float64
		repeats int
		want    string
	}{
		{"pycurl far ahead", 20, 177, 0.01, 6, "**Differs.** The article: pycurl"},
		{"pycurl behind", 600, 177, 0.01, 6, "**Holds.** The article: pycurl"},
		{"pycurl as fast", 177, 177, 0.01, 6, "**Undecided.** The article: pycurl"},
		{"an interval of no use", 20, 177, 0.01, 1, "which is not certain after so few batches"},
		{"pycurl ahead, once", 20, 177, 0.01, 1, "**Undecided.** The article: pycurl"},
		{"pycurl ahead in much noise", 150, 177, 0.3, 6, "**Undecided.** The article: pycurl"},
		{"uvloop the same", 20, 176, 0.001, 6, "**Holds.** The article: uvloop is no faster"},
		{"uvloop far ahead", 20, 100, 0.01, 6, "**Differs.** The article: uvloop is no faster"},
	} {
		random := rand.New(rand.NewPCG(1, 1))
		run := articleRun("article", article.InstantServer, 4000)
		for block := range c.repeats {
			for i, strategy := range []string{"python-aiohttp", "python-pycurl", "python-uvloop"} {
				cost := []float64{177, c.pycurl, c.uvloop}[i]
				b := article.Batch{Strategy: strategy, Limit: 100, Requests: 4000}
				run.Trials = append(run.Trials, batch(random, b, block, 4000e-6*cost, c.noise))
			}
		}
		if page := articlePage(t, []*results.Run{run}, render.Markdown, 0); !strings.Contains(page, c.want) {
			t.Errorf("%s: want %q in\n%s", c.says, c.want, page)
		}
	}
}

func TestWriteRejectsFormatsForPrograms(t *testing.T) {
	if err := article.Write(&bytes.Buffer{}, nil, render.CSV, render.Screen{}); err == nil || !strings.Contains(err.Error(), "want one of table, markdown") {
		t.Errorf("got %v, want which formats there are", err)
	}
}
