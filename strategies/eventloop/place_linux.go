package eventloop

import (
	"cmp"
	"slices"

	"sweetspot/strategies"
	"sweetspot/strategies/http2"
)

// multiplexing is what a loop needs to have many requests on a connection.
type multiplexing struct {
	limits        http2.Config       // on responses
	spareStreams  []*stream          // for reuse; they have no request
	unflushed     []*mux             // have something to send
	toPlace       []*stream          // requests that need another connection
	backoffTimers *timeline[*stream] // of requests that need one later
}

// connections are the connections to a host that speak HTTP/2.
type connections struct {
	roomy   []*mux // can take another request; the last is taken first
	streams int    // the most that the server allows on one; 0 if that is unknown, or not bounded

	form    *http2.Form         // of the latest request
	message strategies.Message  // that was brought into it
	formOf  *strategies.Message // the request's own part of it
}

func (l *loop) openMultiplexing() {
	l.backoffTimers = newTimeline[*stream](backoffTime)
	l.limits = http2.Config{MaxBody: l.target.MaxBody, KeepBelow: l.keepBelow, KeepHead: l.target.KeepsHeader(), Follow: l.target.Follow > 0}
	if l.keepBelow > 0 {
		l.limits.Window = firstWindow
	}
}

// firstWindow is how much of a body that is kept a server may send before there is more memory for it: what every response may have
// without a share of the session's memory.
const firstWindow = 64 << 10

// allowed takes note of how many streams a server allows on one connection.
func (l *loop) allowed(h *host, streams int) {
	if streams > 0 && streams < http2.Unlimited {
		h.streams = streams
		l.network.NoteStreams(streams)
	}
}

// perMux returns how many requests a connection to h gets. Of as few connections as possible, all get the same number.
func (l *loop) perMux(h *host) int {
	n := strategies.HTTP2.Connections(l.runLimit, mostStreams(l.target.Streams, h.streams))
	return (l.runLimit + n - 1) / n
}

// mostStreams returns the most streams on a connection of which the client and the server allow those; 0 if neither has a limit.
func mostStreams(client, server int) int {
	if client == 0 || server == 0 {
		return max(client, server)
	}
	return min(client, server)
}

// placeWaiting finds connections for the requests that need another.
func (l *loop) placeWaiting() {
	waiting := l.toPlace
	l.toPlace = nil
	for _, s := range waiting {
		s.place()
	}
}

// stopPlacing forgets a request that needs another connection.
func (l *loop) stopPlacing(s *stream) {
	l.toPlace = slices.DeleteFunc(l.toPlace, func(other *stream) bool { return other == s })
}

// flush sends what the connections have to send, each in one system call unless it is much: what has been answered, and the requests
// that have been started meanwhile.
func (l *loop) flush() {
	for i := 0; i < len(l.unflushed); i++ {
		m := l.unflushed[i]
		m.unflushed = false
		m.flush()
	}
	clear(l.unflushed)
	l.unflushed = l.unflushed[:0]
}

// messageFor returns a message in the form for HTTP/2.
func (h *host) messageFor(m strategies.Message) http2.Message {
	scheme := "http"
	if h.https {
		scheme = "https"
	}
	header := m.Header
	if user := h.authorization(); user != "" && header.Get("Authorization") == "" {
		header = header.Clone()
		header.Set("Authorization", user)
	}
	return http2.Message{
		Method: m.Method, Scheme: scheme, Authority: cmp.Or(m.Header.Get("Host"), h.header),
		Header: header, Body: m.Body, HasLength: m.HasLength(),
	}
}

// requestPath returns the path of a request from a URL's part after the host.
func requestPath(rest string) string {
	for i := range len(rest) {
		if c := rest[i]; c <= ' ' || c >= 0x7f || c == '#' {
			return string(appendPath(nil, rest))
		}
	}
	if rest == "" || rest[0] != '/' {
		return "/" + rest
	}
	return rest
}
