package server

import "sync/atomic"

// A protocol is a version of HTTP that the server speaks.
type protocol int

const (
	overHTTP1 protocol = iota
	overHTTP2
	overHTTP3
	protocolCount
)

// String returns the protocol's name, as in [Stats].
func (p protocol) String() string { return [...]string{"HTTP/1.1", "HTTP/2", "HTTP/3"}[p] }

// A link is what the counters know about a connection.
type link struct {
	protocol  protocol
	shard     int                      // index in counters.shards
	countedBy atomic.Pointer[counters] // the counters that have counted the connection last
	streams   atomic.Int64             // requests in flight on it; not kept for HTTP/1.1, which has one at a time
	begun     atomic.Int64             // requests so far; not kept for HTTP/1.1, whose server counts them itself
}

// A visit is the time of a request in the server. It is used again for later requests, one at a time.
type visit struct {
	*link
	waiter *waiter         // nil without a scheduler
	gone   <-chan struct{} // closed when the client has hung up

	waitsSince atomic.Int64 // on a connection of HTTP/1.1, the value of Server.polls when the request began to wait; 0 if none waits
}
