package bench_test

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/valyala/fasthttp"
	"golang.org/x/sync/semaphore"

	"sweetspot/bench"
	"sweetspot/results"
	"sweetspot/strategies"
)

const (
	overheadLimit  = 60
	overheadRounds = 40
	overheadSlice  = 200 * time.Millisecond
)

// BenchmarkOverhead sets each strategy, measured by the harness, beside a bare loop with the same client and settings.
// Both take turns in one run; the median of the ratios is what the harness leaves of the throughput.
func BenchmarkOverhead(b *testing.B) {
	url := serverProcess(b, "none", 0)
	for name, bare := range map[string]func(ctx context.Context, url string) int64{
		"sequential": bareSequential, "pool": barePool, "semaphore": bareSemaphore, "unbounded": bareUnbounded, "fasthttp": bareFastHTTP,
	} {
		b.Run(name, func(b *testing.B) {
			s := named(b, name)
			for b.Loop() {
				var ratios, rates []float64
				for round := range overheadRounds {
					var with, without float64
					if round%2 == 0 { // who goes first may have an advantage
						without = rateOf(b, bare, url)
					}
					with = measuredRate(b, s, url)
					if round%2 == 1 {
						without = rateOf(b, bare, url)
					}
					ratios, rates = append(ratios, with/without), append(rates, with)
				}
				slices.Sort(ratios)
				slices.Sort(rates)
				b.ReportMetric(ratios[len(ratios)/2], "harness/bare")
				b.ReportMetric(ratios[len(ratios)/4], "quartile1")
				b.ReportMetric(ratios[len(ratios)*3/4], "quartile3")
				b.ReportMetric(rates[len(rates)/2], "requests/s")
			}
		})
	}
}

func rateOf(b *testing.B, loop func(context.Context, string) int64, url string) float64 {
	ctx, cancel := context.WithTimeout(b.Context(), overheadSlice)
	defer cancel()
	runtime.GC() // as the harness does
	began := time.Now()
	return float64(loop(ctx, url)) / time.Since(began).Seconds()
}

func measuredRate(b *testing.B, s strategies.Strategy, url string) float64 {
	var rate float64
	_, err := bench.Comparison{
		Strategies: []strategies.Strategy{s}, Limit: overheadLimit, Repeats: 1,
	}.Run(b.Context(), bench.Load{URLs: parsed(b, url), Duration: overheadSlice}, bench.Observer{Keep: func(t results.Trial) error { rate = t.PerSecond; return nil }})
	if err != nil {
		b.Fatal(err)
	}
	return rate
}

func bareSequential(ctx context.Context, url string) int64 {
	return barely(ctx, 1, func() func() bool { return bareNetHTTP(url) })
}

func barePool(ctx context.Context, url string) int64 {
	defer bareTransport.CloseIdleConnections()
	return barely(ctx, overheadLimit, func() func() bool { return bareNetHTTP(url) })
}

func bareFastHTTP(ctx context.Context, url string) int64 {
	client := &fasthttp.Client{MaxConnsPerHost: overheadLimit, MaxIdemponentCallAttempts: 1}
	defer client.CloseIdleConnections()
	return barely(ctx, overheadLimit, func() func() bool {
		request, response := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
		request.SetRequestURI(url)
		request.SetTimeout(strategies.DefaultTimeout)
		return func() bool { return client.Do(request, response) == nil && response.StatusCode() == http.StatusOK }
	})
}

// barely calls functions from open in limit goroutines until ctx ends and returns how often they succeeded.
func barely(ctx context.Context, limit int, open func() func() bool) int64 {
	var (
		done    atomic.Int64
		workers sync.WaitGroup
	)
	for range limit {
		workers.Go(func() {
			succeeded := int64(0)
			for do := open(); ctx.Err() == nil; {
				if do() {
					succeeded++
				}
			}
			done.Add(succeeded)
		})
	}
	workers.Wait()
	return done.Load()
}

// bareTransport has the settings that the strategies' transport has, which cost what they cost without a harness too.
var bareTransport = &http.Transport{
	MaxIdleConnsPerHost: overheadLimit, MaxIdleConns: overheadLimit, MaxConnsPerHost: overheadLimit,
	IdleConnTimeout: 90 * time.Second, DisableCompression: true,
}

func bareNetHTTP(url string) func() bool {
	jar, _ := cookiejar.New(nil) // fails never
	client := &http.Client{
		Transport: bareTransport, Jar: jar, Timeout: strategies.DefaultTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return func() bool {
		response, err := client.Get(url)
		if err != nil {
			return false
		}
		defer response.Body.Close()
		_, err = io.Copy(io.Discard, response.Body)
		return err == nil && response.StatusCode == http.StatusOK
	}
}

func bareSemaphore(ctx context.Context, url string) int64 { return admitted(ctx, overheadLimit, url) }

// bareUnbounded is as many goroutines as there are callers, as the strategy is in a closed loop.
func bareUnbounded(ctx context.Context, url string) int64 { return admitted(ctx, overheadLimit, url) }

// admitted makes each request on its own goroutine, with a limit on how many at once.
func admitted(ctx context.Context, most int64, url string) int64 {
	defer bareTransport.CloseIdleConnections()
	var (
		do       = bareNetHTTP(url)
		slots    = semaphore.NewWeighted(most)
		done     atomic.Int64
		requests sync.WaitGroup
	)
	defer requests.Wait()
	for slots.Acquire(ctx, 1) == nil {
		requests.Go(func() {
			defer slots.Release(1)
			if do() {
				done.Add(1)
			}
		})
	}
	requests.Wait()
	return done.Load()
}
