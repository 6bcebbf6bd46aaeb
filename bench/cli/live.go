package cli

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"

	"sweetspot/bench"
	"sweetspot/results"
	"sweetspot/results/report"
)

// A live serves the page of a run that is under way, and metrics of it. It is told of the run by the goroutine that
// measures, which it costs a lock and a copy of the trial; pages are made when somebody looks, by the goroutine that
// serves them. The nil live serves nothing.
type live struct {
	server  *http.Server
	address net.Addr
	served  chan error // what Serve returned
	metrics *metrics
	ended   chan struct{} // closed when the run is over

	mu       sync.Mutex
	run      *results.Run // its own; what is in its slices never changes
	progress report.Progress

	page struct { // the body of the page as it was last made
		sync.Mutex
		text []byte
		next time.Time // when it may be made anew
	}
}

// refresh is how often an open page is told of what is new. Making the page takes at most one part in sparing of a CPU,
// which it shares with the client that is measured.
const (
	refresh = time.Second
	sparing = 20
)

// farewell is how long those who look have to take the last of it.
const farewell = 2 * time.Second

// liveAddress returns the address that --live means: a port alone is one of this machine that nobody else can reach.
func liveAddress(text string) (string, error) {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		host, port = "", text
	}
	if number, err := strconv.Atoi(port); err != nil || number < 0 || number > 65535 {
		return "", errors.New("want a port or HOST:PORT, such as 8080")
	}
	return net.JoinHostPort(cmp.Or(host, "127.0.0.1"), port), nil
}

// newLive starts to serve on the address, which may be empty for no live at all.
func newLive(address string, run *results.Run) (*live, error) {
	if address == "" {
		return nil, nil
	}
	listener, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("--live %s: the port is in use: want another, or 0 for any that is free", address)
	}
	if err != nil {
		return nil, fmt.Errorf("--live %s: %w", address, err)
	}
	own := *run
	own.Trials = slices.Clip(run.Trials)
	l := &live{run: &own, address: listener.Addr(), served: make(chan error, 1), metrics: newMetrics(), ended: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", l.serveWhole)
	mux.HandleFunc("GET /events", l.serveEvents)
	mux.Handle("GET /metrics", l.metrics.handler())
	l.server = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() { l.served <- l.server.Serve(listener) }() // until close, which waits for it
	return l, nil
}

// url returns where the page is.
func (l *live) url() string { return fmt.Sprintf("http://%s/", l.address) }

// target takes note of what is measured, once that is known.
func (l *live) target(url string) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.run.Target = url
}

// show takes note of how far the run has come.
func (l *live) show(at bench.Progress) {
	if l == nil {
		return
	}
	l.metrics.progress(at)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.progress = report.Progress{Share: at.Share, Doing: doing(at)}
}

// trial adds one that is over.
func (l *live) trial(t results.Trial) {
	if l == nil {
		return
	}
	l.metrics.trial(t)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.run.Trials = append(l.run.Trials, t)
}

// conclude shows what the whole run came to. Nothing may change the run any more.
func (l *live) conclude(run *results.Run) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.run = run
	l.progress.Share = 1
}

// close says to all who look that the run has ended, gives them a moment to hear it, and stops serving.
func (l *live) close() {
	if l == nil {
		return
	}
	l.mu.Lock()
	l.progress.Ended, l.progress.Doing = true, ""
	l.mu.Unlock()
	close(l.ended)
	ctx, cancel := context.WithTimeout(context.Background(), farewell)
	defer cancel()
	if l.server.Shutdown(ctx) != nil { // somebody does not read
		_ = l.server.Close()
	}
	<-l.served
}

// now returns the run and how far it has come.
func (l *live) now() ([]report.Source, report.Options) {
	l.mu.Lock()
	defer l.mu.Unlock()
	run, progress := *l.run, l.progress
	return []report.Source{{Name: run.Command, Run: &run}}, report.Options{Progress: &progress}
}

func (l *live) serveWhole(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	sources, options := l.now()
	_ = report.Write(w, sources, options) // the other end has hung up
}

// serveEvents tells an open page of what is new until the run ends, as server-sent events: each is the body of the page
// as a JSON string, the last of all is named "end".
func (l *live) serveEvents(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	stream := http.NewResponseController(w)
	send := func(text string) bool {
		_ = stream.SetWriteDeadline(time.Now().Add(farewell)) // every connection of this server has deadlines
		_, err := fmt.Fprint(w, text)
		return err == nil && stream.Flush() == nil
	}
	tick := time.NewTicker(refresh)
	defer tick.Stop()
	var sent []byte
	for over := false; !over; {
		select {
		case <-r.Context().Done():
			return
		case <-l.ended:
			over = true
		case <-tick.C:
		}
		body := l.body(over)
		if bytes.Equal(body, sent) {
			continue
		}
		if sent = body; !send("data: " + string(body) + "\n\n") {
			return
		}
	}
	send("event: end\ndata: \n\n")
}

// body returns the body of the page as a JSON string. It is made anew if that has to be the last one, or if enough time
// has passed that it costs little.
func (l *live) body(last bool) []byte {
	l.page.Lock()
	defer l.page.Unlock()
	began := time.Now()
	if !last && began.Before(l.page.next) {
		return l.page.text
	}
	sources, options := l.now()
	var text bytes.Buffer
	_ = report.WriteBody(&text, sources, options) // a buffer takes everything
	l.page.text, _ = json.Marshal(text.String())  // as every string can be
	l.page.next = time.Now().Add(sparing * time.Since(began))
	return l.page.text
}
