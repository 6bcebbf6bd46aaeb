package bench_test

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A peer is a program that makes requests and says how many.
type peer struct {
	name     string
	program  string // "" if it is the name
	pkg      string // the Debian package that has it; "" if none has
	command  func(url string, connections, seconds int) []string
	requests *regexp.Regexp // how many were answered, in what it prints
	rate     *regexp.Regexp // how many a second
	cpu      *regexp.Regexp // seconds of processor time for them; nil if it does nothing else with its time
}

// A peerServer is what the peers make their requests to.
type peerServer struct {
	name, url string
	pid       int
	usual     string // numbers of connections, unless others are asked for; "" for all
}

// A turn is what a peer did in one round. One without a rate failed.
type turn struct {
	rate   float64 // requests a second
	cpu    float64 // microseconds of the client's processors a request
	memory float64 // largest resident set, MB
	busy   float64 // processors that the server kept busy
}

// abMost is more requests a second than ab makes. It sets memory aside for every one.
const abMost = 400_000

var others = []peer{
	wrk("wrk-t1", 1), wrk("wrk-t2", 2), // which of them is faster differs
	{"ab", "", "apache2-utils", func(url string, connections, seconds int) []string {
		return []string{"-q", "-k", "-c", fmt.Sprint(connections), "-t", fmt.Sprint(seconds), "-n", fmt.Sprint(seconds * abMost), url}
	}, regexp.MustCompile(`Complete requests: +(\d+)`), regexp.MustCompile(`Requests per second: +([\d.]+)`), nil},
	{"h2load", "", "nghttp2-client", func(url string, connections, seconds int) []string {
		return []string{"--h1", "-c", fmt.Sprint(connections), "-D", fmt.Sprint(seconds), url}
	}, regexp.MustCompile(`(\d+) succeeded`), regexp.MustCompile(`([\d.]+) req/s`), nil},
	{"hey", "", "hey", func(url string, connections, seconds int) []string {
		return []string{"-c", fmt.Sprint(connections), "-z", fmt.Sprintf("%ds", seconds), url}
	}, regexp.MustCompile(`\[200\]\s+(\d+) responses`), regexp.MustCompile(`Requests/sec:\s+([\d.]+)`), nil},
	{"bombardier", "", "", func(url string, connections, seconds int) []string {
		return []string{"-c", fmt.Sprint(connections), "-d", fmt.Sprintf("%ds", seconds), "-p", "r", url}
	}, regexp.MustCompile(`2xx - (\d+)`), regexp.MustCompile(`Reqs/sec +([\d.]+)`), nil},
	{"plow", "", "", func(url string, connections, seconds int) []string {
		return []string{"-c", fmt.Sprint(connections), "-d", fmt.Sprintf("%ds", seconds), "--summary", "--json", url}
	}, regexp.MustCompile(`"Count": *(\d+)`), regexp.MustCompile(`"RPS": *([\d.]+)`), nil},
}

// wrk returns wrk with a number of threads.
func wrk(name string, threads int) peer {
	return peer{name, "wrk", "wrk", func(url string, connections, seconds int) []string {
		return []string{fmt.Sprint("-t", min(threads, connections)), fmt.Sprint("-c", connections), fmt.Sprintf("-d%ds", seconds), url}
	}, regexp.MustCompile(`(\d+) requests in`), regexp.MustCompile(`Requests/sec: +([\d.]+)`), nil}
}

// ours returns one of our strategies. It is asked to leave its User-Agent out, so that servers have the same request to read as from
// wrk: 1 to 3% of their work.
func ours(strategy, binary string) peer {
	return peer{strategy, binary, "", func(url string, connections, seconds int) []string {
		return []string{
			"bench", "-s", strategy, "-c", fmt.Sprint(connections), "-d", fmt.Sprintf("%ds", seconds),
			"-H", "User-Agent:", "--warmup", "0s", "--repeats", "1", "--format", "json", "-q", "--insecure", url,
		}
	}, regexp.MustCompile(`"succeeded": *(\d+)`), regexp.MustCompile(`"per_second": *([\d.]+)`),
		regexp.MustCompile(`"cpu_seconds": *([\d.]+)`)} // it also finds out whether it is the bottleneck
}

// installed returns our strategies and the others that are installed, and names what is missing.
func installed(b *testing.B, binary string) []peer {
	var peers []peer
	for _, strategy := range []string{"eventloop", "fasthttp", "pool"} {
		peers = append(peers, ours(strategy, binary))
	}
	for _, p := range others {
		switch _, err := exec.LookPath(cmp.Or(p.program, p.name)); {
		case err == nil:
			peers = append(peers, p)
		case p.pkg != "":
			fmt.Printf("%s is left out: apt-get install %s\n", p.name, p.pkg)
		default:
			fmt.Printf("%s is left out: it is not on the PATH\n", p.name)
		}
	}
	return peers
}

// run gives the peer a turn.
func (p peer) run(server peerServer, connections, seconds int) (turn, error) {
	command := exec.Command(cmp.Or(p.program, p.name), p.command(server.url, connections, seconds)...)
	var out, complaint bytes.Buffer
	command.Stdout, command.Stderr = &out, &complaint
	if err := command.Start(); err != nil {
		return turn{}, err
	}
	memory, busy := watchMemory(command.Process.Pid), server.watch(time.Duration(seconds)*time.Second)
	if err := command.Wait(); err != nil {
		return turn{}, fmt.Errorf("%w: %.200s", err, complaint.String())
	}
	requests, rate := p.requests.FindSubmatch(out.Bytes()), p.rate.FindSubmatch(out.Bytes())
	if requests == nil || rate == nil {
		return turn{}, fmt.Errorf("what it says is not understood: %.200s", out.String())
	}
	made, err1 := strconv.ParseFloat(string(requests[1]), 64)
	perSecond, err2 := strconv.ParseFloat(string(rate[1]), 64)
	if err := errors.Join(err1, err2); err != nil {
		return turn{}, err
	}
	cpu := (command.ProcessState.UserTime() + command.ProcessState.SystemTime()).Seconds()
	if p.cpu != nil {
		said, err := strconv.ParseFloat(string(p.cpu.FindSubmatch(out.Bytes())[1]), 64)
		if err != nil {
			return turn{}, err
		}
		cpu = said
	}
	return turn{perSecond, 1e6 * cpu / made, <-memory, <-busy}, nil
}

// watch sends how many processors the server keeps busy in the middle half of the time from now on.
func (s peerServer) watch(whole time.Duration) <-chan float64 {
	result := make(chan float64, 1)
	go func() {
		time.Sleep(whole / 4)
		began, before := time.Now(), s.cpu()
		time.Sleep(whole / 2)
		result <- (s.cpu() - before).Seconds() / time.Since(began).Seconds()
	}()
	return result
}

// cpu returns how long the server has kept processors busy, to 10 ms; see proc_pid_stat(5).
func (s peerServer) cpu() time.Duration {
	stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.pid))
	_, after, _ := bytes.Cut(stat, []byte(") ")) // the name before may have spaces
	var ticks int64                              // of 10 ms
	if fields := strings.Fields(string(after)); len(fields) > 12 {
		for _, used := range fields[11:13] { // by the program, and by the system for it
			n, _ := strconv.ParseInt(used, 10, 64)
			ticks += n
		}
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// watchMemory follows a process and sends its largest resident set, in MB, when it has ended. The system's own account of
// a child, ru_maxrss, counts what its parent had before the child became another program.
func watchMemory(pid int) <-chan float64 {
	result := make(chan float64, 1)
	go func() {
		var kilobytes float64
		for {
			status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
			peak := highWater.FindSubmatch(status)
			if err != nil || peak == nil { // it has ended
				result <- kilobytes / 1024
				return
			}
			kilobytes, _ = strconv.ParseFloat(string(peak[1]), 64)
			time.Sleep(20 * time.Millisecond)
		}
	}()
	return result
}

var highWater = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)
