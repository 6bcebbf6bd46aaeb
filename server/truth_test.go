package server_test

import (
	"flag"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"testing"
	"time"

	"sweetspot/server"
	"sweetspot/server/capacity"
)

var (
	truth    = flag.Bool("truth", false, "measure every model with wrk and print it beside the exact throughput")
	truthFor = flag.Duration("truth-for", 8*time.Second, "with -truth, measure each limit for `DURATION`")
)

// truthCases are servers with five limits each: below, near, at, above and far above the optimum.
var truthCases = []struct {
	spec   string
	delay  time.Duration // on average
	limits [5]int
}{
	{"usl:rate=100,sigma=0,kappa=0.000278", 2 * time.Millisecond, [5]int{8, 50, 60, 80, 300}},
	{"usl:rate=1090,sigma=0.4,kappa=0.00025", 5 * time.Millisecond, [5]int{8, 32, 62, 100, 400}},
	{"workers:n=32,service=10ms", 20 * time.Millisecond, [5]int{16, 80, 95, 105, 400}},
	{"cliff:n=32,service=10ms,at=80,factor=0.4", 0, [5]int{8, 32, 78, 90, 300}},
	{"curve:1=90,10=850,40=560,70=600,126=995,256=700,512=300", 0, [5]int{4, 10, 126, 200, 600}},
	{"shaper:rate=500", 80 * time.Millisecond, [5]int{16, 36, 40, 60, 300}},
	{"reject:rate=500", 80 * time.Millisecond, [5]int{16, 36, 40, 60, 300}},
	{"none", 50 * time.Millisecond, [5]int{1, 8, 50, 100, 300}},
}

// TestTruthTable compares real HTTP with the exact throughput, with an independent client: wrk. Run it with
//
//	go test ./server -run TestTruthTable -truth -v
//
// Every rate should be within 3% of X(N), where Z is the delay plus the loopback time. On a busy machine some are not, so
// a larger difference is marked and does not fail the test.
func TestTruthTable(t *testing.T) {
	if !*truth {
		t.Skip("takes minutes: run it with -truth")
	}
	wrk, err := exec.LookPath("wrk")
	if err != nil {
		t.Skip("wrk is missing: install Debian's package wrk")
	}
	fmt.Printf("%-55s %6s %8s %5s %10s %10s %7s\n", "capacity", "delay", "loopback", "limit", "X(N)/s", "measured/s", "off")
	rows, misses := 0, 0
	for _, c := range truthCases {
		m, err := capacity.Parse(c.spec)
		if err != nil {
			t.Fatal(err)
		}
		for _, limit := range c.limits {
			share := loopback(t, wrk)
			got := measure(t, wrk, varying(server.Config{Capacity: m, Delay: c.delay}), limit, *truthFor)
			want := capacity.Throughput(m, limit, c.delay+share)
			off, mark := got/want-1, ""
			if off < -0.03 || off > 0.03 {
				mark = "  more than 3% off"
				misses++
			}
			rows++
			fmt.Printf("%-55s %6v %8v %5v %10.1f %10.1f %+6.1f%%%s\n",
				c.spec, c.delay, share.Round(time.Microsecond), limit, want, got, 100*off, mark)
		}
	}
	fmt.Printf("\n%d of %d are more than 3%% off\n", misses, rows)
}

// varying makes the delay vary by a fifth around its mean, so that callers do not stay in step: two processors can't answer
// 300 requests that arrive at the same instant, and loopback does not measure the time that they then wait.
// A shaper keeps its constant delay, because its exact throughput holds for a constant delay only; it spreads the callers
// itself.
func varying(config server.Config) server.Config {
	if _, shaper := config.Capacity.(capacity.Shaper); !shaper {
		config.Jitter = config.Delay / 5
		config.Delay -= config.Jitter / 2
	}
	return config
}

// loopback measures the loopback time, which the client and the network add to a delay: with one caller and a delay of 1 ms,
// a request takes 1 ms plus that time. It is measured again for each row, because it depends on the machine's load.
func loopback(t *testing.T, wrk string) time.Duration {
	perSecond := measure(t, wrk, server.Config{Delay: time.Millisecond}, 1, time.Second)
	return time.Duration(float64(time.Second)/perSecond) - time.Millisecond
}

// measure returns the goodput that wrk reaches, in 200 answers per second.
func measure(t *testing.T, wrk string, config server.Config, limit int, duration time.Duration) float64 {
	srv, err := server.Start(config)
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	seconds := strconv.Itoa(int(duration.Seconds()))
	out, err := exec.Command(wrk, "-t", "1", "-c", strconv.Itoa(limit), "-d", seconds+"s", "--timeout", "60s", srv.URL()).Output()
	if err != nil {
		t.Fatalf("wrk: %v\n%s", err, out)
	}
	if wrong := find(out, `(?m)^  Socket errors: (.*)`); wrong != "" {
		t.Errorf("%v at %d: %s", config.Capacity, limit, wrong)
	}
	number := func(text string) float64 { // 0 for the empty text
		x, _ := strconv.ParseFloat(text, 64)
		return x
	}
	requests, others := number(find(out, `(\d+) requests in`)), number(find(out, `Non-2xx or 3xx responses: (\d+)`))
	return number(find(out, `Requests/sec:\s+([\d.]+)`)) * (1 - others/requests)
}

func find(text []byte, pattern string) string {
	if match := regexp.MustCompile(pattern).FindSubmatch(text); match != nil {
		return string(match[1])
	}
	return ""
}
