package bench_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/quic-go/quic-go/http3"
	"github.com/valyala/fasthttp"
	"golang.org/x/sync/semaphore"

	"sweetspot/bench"
	"sweetspot/bench/process"
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
	plain, secure := serverProcess(b, "none", 0), secureServer(b)
	for _, c := range []struct {
		name string
		url  string
		bare func(ctx context.Context, url string) int64
	}{
		{"sequential", plain, bareSequential},
		{"pool", plain, barePool},
		{"semaphore", plain, bareSemaphore},
		{"unbounded", plain, bareUnbounded},
		{"fasthttp", plain, bareFastHTTP},
		{"http2", secure, bareHTTP2},
		{"http3", secure, bareHTTP3},
	} {
		b.Run(c.name, func(b *testing.B) {
			s := named(b, c.name)
			for b.Loop() {
				var ratios, rates, costs, bareCosts []float64
				for round := range overheadRounds {
					var with, without cost
					if round%2 == 0 { // who goes first may have an advantage
						without = costOf(b, c.bare, c.url)
					}
					with = measuredCost(b, s, c.url)
					if round%2 == 1 {
						without = costOf(b, c.bare, c.url)
					}
					ratios, rates = append(ratios, with.rate/without.rate), append(rates, with.rate)
					costs, bareCosts = append(costs, with.cpu), append(bareCosts, without.cpu)
				}
				b.ReportMetric(quartile(ratios, 2), "harness/bare")
				b.ReportMetric(quartile(ratios, 1), "quartile1")
				b.ReportMetric(quartile(ratios, 3), "quartile3")
				b.ReportMetric(quartile(rates, 2), "requests/s")
				b.ReportMetric(quartile(costs, 2), "CPU-us/request")
				b.ReportMetric(quartile(bareCosts, 2), "bare-CPU-us/request")
			}
		})
	}
}

// secureServer starts the bundled server over TLS, with HTTP/2 and HTTP/3, in a process of its own.
func secureServer(b *testing.B) (url string) {
	command := exec.Command(binary(b), "serve", "--tls", "--http3")
	output, err := command.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := command.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = command.Process.Kill(); _ = command.Wait() })
	url, err = bufio.NewReader(output).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimSpace(url)
}

// A cost is how fast requests were made, and what processor time in microseconds each took of this process.
type cost struct{ rate, cpu float64 }

func costOf(b *testing.B, loop func(context.Context, string) int64, url string) cost {
	ctx, cancel := context.WithTimeout(b.Context(), overheadSlice)
	defer cancel()
	runtime.GC() // as the harness does
	began, used := time.Now(), process.CPU()
	made := float64(loop(ctx, url))
	return cost{made / time.Since(began).Seconds(), float64((process.CPU() - used).Microseconds()) / made}
}

func measuredCost(b *testing.B, s strategies.Strategy, url string) cost {
	var measured cost
	_, err := bench.Comparison{
		Strategies: []strategies.Strategy{s}, Limit: overheadLimit, Repeats: 1,
	}.Run(b.Context(), bench.Load{URLs: parsed(b, url), Duration: overheadSlice, Insecure: true}, bench.Observer{Keep: func(t results.Trial) error {
		measured = cost{t.PerSecond, 1e6 * t.CPU / float64(t.Succeeded)}
		return nil
	}})
	if err != nil {
		b.Fatal(err)
	}
	return measured
}

// bareHTTP2 shares one transport among all callers. Its first request is alone: else each caller would open a connection.
func bareHTTP2(ctx context.Context, url string) int64 {
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true, DisableCompression: true}
	defer transport.CloseIdleConnections()
	bareOver(transport, url)()
	return barely(ctx, overheadLimit, func() func() bool { return bareOver(transport, url) })
}

func bareHTTP3(ctx context.Context, url string) int64 {
	transport := &http3.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableCompression: true}
	defer transport.Close()
	bareOver(transport, url)()
	return barely(ctx, overheadLimit, func() func() bool { return bareOver(transport, url) })
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

func bareNetHTTP(url string) func() bool { return bareOver(bareTransport, url) }

func bareOver(transport http.RoundTripper, url string) func() bool {
	jar, _ := cookiejar.New(nil) // fails never
	client := &http.Client{
		Transport: transport, Jar: jar, Timeout: strategies.DefaultTimeout,
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
