package strategytest

import (
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"sweetspot/strategies"
)

// hugeAnswersTakeLittleMemory makes requests whose answers have no end, or expand to a lot. Together they would take many times
// what is allowed here.
func hugeAnswersTakeLittleMemory(t *testing.T, c candidate) {
	const (
		limit   = 16
		maxBody = 16 << 20
		allowed = 160 << 20 // the bodies of a session, with the garbage of their growth; this process serves them too
	)
	skipIf(t, c.otherProcess, "its memory is another process's")
	for _, decode := range []bool{false, true} {
		urls := c.hugeAnswers(t)
		target := strategies.Target{JSON: decode, MaxBody: maxBody, Timeout: 500 * time.Millisecond}
		grown := heapGrowth(func() {
			w := NewWork(int64(c.Limit(limit)), urls...)
			Run(t, c, target, limit, w)
		})
		if grown > allowed {
			t.Errorf("decode %v: the heap grew by %d MB, want at most %d", decode, grown>>20, allowed>>20)
		}
	}
}

// hugeAnswers starts servers, each with another answer that is huge.
func (c candidate) hugeAnswers(t *testing.T) (urls []string) {
	if c.protocol == strategies.HTTP1 {
		for _, a := range []func(*peer){
			endless(ok+"\r\n", " "),
			endless(chunked, "10000\r\n"+strings.Repeat(" ", 0x10000)+"\r\n"),
			endless(ok+"Content-Length: 15000000\r\n\r\n", " "),
			each(whole(bomb())),
		} {
			urls = append(urls, Answer{serve: a}.Serve(t, false))
		}
		return urls
	}
	spaces := strings.Repeat(" ", 0x10000)
	srv := c.site(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/bomb":
			body, _ := bomb()
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = io.WriteString(w, body)
		case "/length":
			w.Header().Set("Content-Length", "15000000")
			fallthrough
		default:
			writeForever(w, spaces)
		}
	})
	t.Cleanup(srv.CloseClientConnections)
	return []string{srv.URL, srv.URL + "/length", srv.URL + "/bomb"}
}

// heapGrowth returns by how many bytes the heap grows, at most, while do runs.
func heapGrowth(do func()) int64 {
	heap := func() int64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	runtime.GC()
	before, peak := heap(), int64(0)
	done := make(chan struct{})
	var sampler sync.WaitGroup
	sampler.Go(func() {
		for {
			peak = max(peak, heap()-before)
			select {
			case <-done:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	})
	do()
	close(done)
	sampler.Wait()
	return peak
}
