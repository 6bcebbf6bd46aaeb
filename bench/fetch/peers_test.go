package fetch_test

import (
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A peer is a program that fetches a list of URLs into the files of a folder.
type peer struct {
	name    string
	program string
	pkg     string // the Debian package that has it
	args    func(w workplace) []string
}

// A workplace is what a peer is given: lists in several forms, and an empty folder.
type workplace struct{ urls, curl, aria, folder string }

const peersLimit = 60

var peers = []peer{
	{"sweetspot", "", "", func(w workplace) []string {
		return []string{"fetch", "-q", "-c", strconv.Itoa(peersLimit), "--urls", w.urls, "--bodies", w.folder, "-o", w.folder + ".jsonl"}
	}},
	{"sweetspot -c auto", "", "", func(w workplace) []string {
		return []string{"fetch", "-q", "--urls", w.urls, "--bodies", w.folder, "-o", w.folder + ".jsonl"}
	}},
	{"curl --parallel", "curl", "curl", func(w workplace) []string {
		return []string{"--silent", "--parallel", "--parallel-max", strconv.Itoa(peersLimit), "--config", w.curl}
	}},
	{"aria2c", "aria2c", "aria2", func(w workplace) []string {
		return []string{"--quiet", "--input-file", w.aria, "--dir", w.folder, "--max-concurrent-downloads", strconv.Itoa(peersLimit)}
	}},
	{"wget2", "wget2", "wget2", func(w workplace) []string {
		return []string{"--quiet", "--input-file", w.urls, "--max-threads", strconv.Itoa(peersLimit), "--directory-prefix", w.folder}
	}},
	{"aiohttp", "/usr/bin/python3", "python3-aiohttp", func(w workplace) []string {
		return []string{"testdata/aiohttp_fetch.py", w.urls, w.folder, strconv.Itoa(peersLimit)}
	}},
}

// BenchmarkPeers has each program that is installed fetch the same lists from nginx into files, in turns and in random order. A program
// that does not get every file has no figure. The files are in memory where the system has a folder for that, since they are to show
// the programs, not the disk: PEERS_FOLDER names another.
//
//	PEERS_URLS=4000,40000 PEERS_ROUNDS=3 make fetch-peers
func BenchmarkPeers(b *testing.B) {
	site := nginx(b)
	program := filepath.Join(b.TempDir(), "sweetspot")
	if out, err := exec.Command("go", "build", "-o", program, "sweetspot").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	rounds, _ := strconv.Atoi(cmp.Or(os.Getenv("PEERS_ROUNDS"), "3"))
	for range b.N {
		for text := range strings.SplitSeq(cmp.Or(os.Getenv("PEERS_URLS"), "4000,40000"), ",") {
			n, err := strconv.Atoi(text)
			if err != nil {
				b.Fatal(err)
			}
			fmt.Printf("\n%d URLs, at most %d at once, %d rounds: medians\n\n%s", n, peersLimit, rounds, compared(b, program, site, n, rounds))
		}
	}
}

// A lap is how long a peer took for a list, and how much of the processors, in seconds.
type lap struct{ wall, cpu float64 }

// compared returns a table of the peers.
func compared(b *testing.B, program, site string, n, rounds int) string {
	laps := map[string][]lap{}
	all := slices.DeleteFunc(slices.Clone(peers), func(p peer) bool {
		_, err := exec.LookPath(cmp.Or(p.program, program))
		if err != nil {
			fmt.Printf("%s is left out: apt-get install %s\n", p.name, p.pkg)
		}
		return err != nil
	})
	for range rounds {
		rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		for _, p := range all {
			if l, err := p.run(b, program, site, n); err != nil {
				fmt.Printf("%s: %v\n", p.name, err)
			} else {
				laps[p.name] = append(laps[p.name], l)
			}
		}
	}
	table := "| program | URLs/s | seconds | CPU seconds |\n| --- | ---: | ---: | ---: |\n"
	for _, p := range peers {
		if done := laps[p.name]; len(done) > 0 {
			wall, cpu := median(done, func(l lap) float64 { return l.wall }), median(done, func(l lap) float64 { return l.cpu })
			table += fmt.Sprintf("| %s | %.0f | %.2f | %.2f |\n", p.name, float64(n)/wall, wall, cpu)
		}
	}
	return table
}

func median(all []lap, of func(lap) float64) float64 {
	var values []float64
	for _, l := range all {
		values = append(values, of(l))
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// run has the peer fetch n URLs.
func (p peer) run(b *testing.B, program, site string, n int) (lap, error) {
	parent := os.Getenv("PEERS_FOLDER")
	if info, err := os.Stat("/dev/shm"); parent == "" && err == nil && info.IsDir() {
		parent = "/dev/shm"
	}
	base, err := os.MkdirTemp(parent, "fetch-peers-*")
	if err != nil {
		b.Fatal(err)
	}
	defer os.RemoveAll(base)
	w := workplace{filepath.Join(base, "urls"), filepath.Join(base, "curl"), filepath.Join(base, "aria"), filepath.Join(base, "files")}
	var urls, curl, aria strings.Builder
	for i := range n {
		fmt.Fprintf(&urls, "%s%d\n", site, i)
		fmt.Fprintf(&curl, "url = \"%s%d\"\noutput = \"%s/%d\"\n", site, i, w.folder, i)
		fmt.Fprintf(&aria, "%s%d\n  out=%d\n", site, i, i)
	}
	for path, text := range map[string]string{w.urls: urls.String(), w.curl: curl.String(), w.aria: aria.String()} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	if err := os.Mkdir(w.folder, 0o700); err != nil {
		b.Fatal(err)
	}
	command := exec.Command(cmp.Or(p.program, program), p.args(w)...)
	var complaint bytes.Buffer
	command.Stderr = &complaint
	began := time.Now()
	if err := command.Run(); err != nil {
		return lap{}, fmt.Errorf("%w: %.200s", err, complaint.String())
	}
	took := time.Since(began).Seconds()
	if got := files(w.folder); got != n {
		return lap{}, fmt.Errorf("%d files, want %d", got, n)
	}
	return lap{took, (command.ProcessState.UserTime() + command.ProcessState.SystemTime()).Seconds()}, nil
}

// files returns how many files with contents there are in a folder.
func files(folder string) (n int) {
	_ = filepath.WalkDir(folder, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if info, err := d.Info(); err == nil && info.Size() > 0 {
				n++
			}
		}
		return nil
	})
	return n
}

// nginx starts one of a single worker, which answers at once with a hundred bytes of JSON, and returns its URL.
func nginx(b *testing.B) string {
	program, err := exec.LookPath("nginx")
	if err != nil {
		b.Skip("nginx is missing: apt-get install nginx-light")
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	address := free.Addr().String()
	_ = free.Close() // the port is nginx's from now on
	dir := b.TempDir()
	var paths strings.Builder
	for _, name := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		fmt.Fprintf(&paths, "%s_temp_path %s/%s; ", name, dir, name)
	}
	config := fmt.Sprintf("daemon off; master_process off; pid %[1]s/pid; error_log %[1]s/error.log;\nevents { worker_connections 4096; }\n"+
		"http { access_log off; keepalive_requests 1000000000; %[2]s\nserver { listen %[3]s backlog=4096; location / { default_type application/json; "+
		"return 200 '{\"data\":\"%[4]s\"}'; } } }\n", dir, paths.String(), address, strings.Repeat("x", 89))
	path := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		b.Fatal(err)
	}
	server := exec.Command(program, "-e", filepath.Join(dir, "error.log"), "-p", dir, "-c", path)
	if err := server.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = server.Process.Kill(); _ = server.Wait() })
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if conn, err := net.Dial("tcp", address); err == nil {
			_ = conn.Close()
			return "http://" + address + "/"
		}
	}
	b.Fatal("nginx does not listen")
	return ""
}
