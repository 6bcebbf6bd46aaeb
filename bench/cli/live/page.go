// Package live serves a page that shows a run while it is under way.
package live

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"

	"golang.org/x/net/netutil"

	"sweetspot/bench"
	"sweetspot/bench/cli/telemetry"
	"sweetspot/results"
	"sweetspot/results/report"
)

// A Page is served until it is closed. The goroutine that measures reports to it, which costs that goroutine a lock and a
// copy of the trial; the page itself is made only when somebody looks, by the goroutine that serves it. All methods but URL
// do nothing on a nil Page.
type Page struct {
	server  *http.Server
	address net.Addr
	served  chan error    // what Serve returned
	ended   chan struct{} // closed when the run is over

	mu       sync.Mutex
	run      *results.Run // its own copy; what is in its slices never changes
	progress report.Progress

	body struct { // of the page, as it was last made
		sync.Mutex
		text []byte
		next time.Time // when it may be made again
	}
}

// refreshTime is how often an open page is sent what is new: often enough to watch, seldom enough to cost little.
const refreshTime = time.Second

// restRatio is how long the page is not made again, as a multiple of the time that it took to make. So the page takes at
// most a twentieth of a CPU, which the client that is measured needs too.
const restRatio = 20

// writeTimeout is how long a browser has to take what is sent to it, also when the run has ended.
const writeTimeout = 2 * time.Second

// ParseAddress reads a port, which stands for that port of 127.0.0.1, or HOST:PORT. Port 0 stands for any port that is free.
// It returns HOST:PORT, or an error that shows how a right address looks.
func ParseAddress(text string) (string, error) {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		host, port = "", text
	}
	if number, err := strconv.Atoi(port); err != nil || number < 0 || number > 65535 {
		return "", errors.New("want a port or HOST:PORT, such as 8080")
	}
	return net.JoinHostPort(cmp.Or(host, "127.0.0.1"), port), nil
}

// Start serves a page of the run at the address, HOST:PORT, until Close, and metrics at /metrics. It returns an error if it cannot
// listen there. An empty address gives a nil Page.
func Start(address string, run *results.Run, metrics *telemetry.Metrics) (*Page, error) {
	if address == "" {
		return nil, nil
	}
	listener, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s: the port is in use: want another, or 0 for any that is free", address)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", address, err)
	}
	own := *run
	own.Trials, own.Versions = slices.Clip(run.Trials), maps.Clone(run.Versions)
	p := &Page{run: &own, address: listener.Addr(), served: make(chan error, 1), ended: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.serveWhole)
	mux.Handle("GET /events", atMost(mostStreams, http.HandlerFunc(p.serveEvents)))
	mux.Handle("GET /metrics", metrics.Handler())
	p.server = guarded(onlyOwn(address, mux))
	go func() { p.served <- p.server.Serve(netutil.LimitListener(listener, mostConnections)) }() // until Close, which waits for it
	return p, nil
}

// URL returns the URL of the page.
func (p *Page) URL() string { return fmt.Sprintf("http://%s/", p.address) }

// Target sets the URL that is measured, once it is known, and the targets that are compared, if any.
func (p *Page) Target(url string, compared ...results.Target) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.run.Target, p.run.Targets = url, compared
}

// Version sets the name and version of what makes a strategy's requests.
func (p *Page) Version(strategy, version string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	versions := maps.Clone(p.run.Versions) // a page that is being made may hold the old ones
	if versions == nil {
		versions = map[string]string{}
	}
	versions[strategy] = version
	p.run.Versions = versions
}

// Progress sets how far the run has come. Progress and Trial must be called by one goroutine at a time.
func (p *Page) Progress(at bench.Progress) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.progress = report.Progress{Share: at.Share, Doing: at.String()}
}

// Trial adds a trial that is over: see Progress.
func (p *Page) Trial(t results.Trial) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.run.Trials = append(p.run.Trials, t)
}

// Fetched shows how far a fetch has come: its trial so far, the share of the URLs that is done, and words about it.
func (p *Page) Fetched(t results.Trial, share float64, words string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.run.Trials = []results.Trial{t}
	p.progress = report.Progress{Share: share, Doing: words}
}

// Conclude shows the whole run with its conclusions. Nothing may change the run from then on.
func (p *Page) Conclude(run *results.Run) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.run = run
	p.progress.Share = 1
}

// Close sends the end of the run to every open page and stops serving. It waits two seconds at most for slow browsers.
func (p *Page) Close() {
	if p == nil {
		return
	}
	p.mu.Lock()
	p.progress.Ended, p.progress.Doing = true, ""
	p.mu.Unlock()
	close(p.ended)
	ctx, cancel := context.WithTimeout(context.Background(), writeTimeout)
	defer cancel()
	if p.server.Shutdown(ctx) != nil { // a browser does not read
		_ = p.server.Close()
	}
	<-p.served
}

// now returns the run and how far it has come.
func (p *Page) now() ([]report.Source, report.Options) {
	p.mu.Lock()
	defer p.mu.Unlock()
	run, progress := *p.run, p.progress
	return []report.Source{{Name: run.Command, Run: &run}}, report.Options{Progress: &progress}
}

func (p *Page) serveWhole(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	sources, options := p.now()
	_ = report.Write(w, sources, options) // an error means that the browser has gone
}

// serveEvents sends an open page what is new until the run ends, as server-sent events. Each event is the body of the page
// as a JSON string; the last one is named "end".
func (p *Page) serveEvents(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	stream := http.NewResponseController(w)
	_ = stream.SetReadDeadline(time.Time{}) // nothing more is read, and a stream is longer than any request
	send := func(text string) bool {
		_ = stream.SetWriteDeadline(time.Now().Add(writeTimeout)) // a browser that does not read must not hold up the end
		_, err := fmt.Fprint(w, text)
		return err == nil && stream.Flush() == nil
	}
	_ = stream.Flush() // the browser learns at once that the stream is open
	tick := time.NewTicker(refreshTime)
	defer tick.Stop()
	var sent []byte
	for over := false; !over; {
		select {
		case <-r.Context().Done():
			return
		case <-p.ended:
			over = true
		case <-tick.C:
		}
		body := p.bodyText(over)
		if bytes.Equal(body, sent) {
			continue
		}
		if sent = body; !send("data: " + string(body) + "\n\n") {
			return
		}
	}
	send("event: end\ndata: \n\n")
}

// bodyText returns the body of the page as a JSON string. It makes the body again for the last event, and otherwise only when
// restRatio allows it.
func (p *Page) bodyText(last bool) []byte {
	p.body.Lock()
	defer p.body.Unlock()
	began := time.Now()
	if !last && began.Before(p.body.next) {
		return p.body.text
	}
	sources, options := p.now()
	var text bytes.Buffer
	_ = report.WriteBody(&text, sources, options) // writing to a buffer does not fail
	p.body.text, _ = json.Marshal(text.String())  // nor does marshalling a string
	p.body.next = time.Now().Add(restRatio * time.Since(began))
	return p.body.text
}
