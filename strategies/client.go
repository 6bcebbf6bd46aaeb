package strategies

import "sweetspot/strategies/network"

// A Client is an HTTP stack whose callers make one request at a time.
type Client struct {
	Name string
	Doc  string // one line

	// Protocol is the version of HTTP that it speaks, and no other.
	Protocol Protocol

	// Traits are the points in which the client departs from the contract: see [Traits].
	Traits Traits

	// Open returns a stack with the settings of target, which must come from [Target.InProcess]. The stack dials through n
	// and has at most limit requests in flight to each host, on as few connections as [Protocol.Connections] says; callers
	// beyond that number wait.
	Open func(target Target, n *network.Network, limit int) Stack
}

// A Stack is an opened Client.
type Stack interface {
	// Caller returns a new handle with which one goroutine at a time makes requests.
	Caller() Caller
	// Close closes the idle connections. Those in use are closed by [network.Network.Close].
	Close()
}

// A Caller makes one request at a time and keeps what it can reuse for the next.
type Caller interface {
	// Do makes the request and returns its outcome, at its [Target.Deadline] at the latest.
	Do(r *Request) Outcome
}
