package eventloop

import (
	"slices"

	"sweetspot/strategies"
)

// A hop is a request that has been redirected, from the end of the answer that says so to when it is made. It is made once all events
// of that time are handled, as new requests are.
type hop struct {
	loop     *loop
	request  strategies.Request
	deadline timer[inFlight] // of the first request, which holds for all
}

// follow has the request go on where a redirect leads. If that is nowhere, it ends with the redirect.
func (x *exchange) follow(status int, location string) {
	l := x.loop
	next, err := l.target.Redirected(&x.request, status, location)
	if err != nil {
		x.deadline.leave()
		x.handleErr = err
		return
	}
	x.next = &hop{loop: l, request: next}
	x.next.deadline.owner = x.next
	x.next.deadline.replace(&x.deadline)
	l.followed.Add(1)
}

// makeHops makes the requests that have been redirected.
func (l *loop) makeHops() {
	hops := l.hops
	l.hops = nil
	for _, h := range hops {
		l.start(&h.request, &h.deadline)
	}
}

// giveUp implements [inFlight].
func (h *hop) giveUp(why error) {
	l := h.loop
	l.hops = slices.DeleteFunc(l.hops, func(other *hop) bool { return other == h })
	h.deadline.leave()
	l.end(&h.request, strategies.Failed(why))
}
