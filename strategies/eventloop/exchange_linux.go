package eventloop

import (
	"errors"
	"net/url"

	"sweetspot/strategies"
)

// An exchange is a request in flight, with what it needs whatever the protocol.
type exchange struct {
	loop      *loop
	request   strategies.Request
	deadline  timer[inFlight]      // when the request times out
	share     strategies.BodyShare // for the body of the response
	handleErr error                // of Target.Examine, or why a redirect leads nowhere
	next      *hop                 // to which the answer leads; nil if it is to be the outcome

	handleFunc, finishFunc func() // allocated once: the former is called by a goroutine of startHandlers, then the latter by the loop
}

// inFlight is what ends a request before its end: at its timeout, or when the session is closed.
type inFlight interface{ giveUp(why error) }

// open prepares an exchange for the requests of owner. The loop does not touch it from when handle is called to when finish is.
func (x *exchange) open(l *loop, owner inFlight, handle, finish func()) {
	x.loop, x.deadline.owner, x.share = l, owner, l.target.BodyShare()
	x.finishFunc = finish
	x.handleFunc = func() { handle(); l.inbox.post(finish) }
}

// begin begins with a request. If it was redirected, it takes over the timer of the one that it follows.
func (x *exchange) begin(r *strategies.Request, timer *timer[inFlight]) {
	x.request = *r
	if timer != nil {
		x.deadline.replace(timer)
		return
	}
	x.loop.requestTimers.join(&x.deadline, x.loop.clock)
}

// takeAnswer handles a whole response: it is followed if it is a redirect, and decoded, unless nobody wants to see it.
func (x *exchange) takeAnswer(status int, cookies []string, location string) (inspected bool) {
	l := x.loop
	if len(cookies) > 0 {
		if from, err := url.Parse(x.request.URL); err == nil {
			for _, header := range cookies {
				l.cookies.Set(from, header)
			}
		}
	}
	if l.target.Follows(status) {
		x.follow(status, location)
		return false
	}
	x.deadline.leave()
	if !l.target.Inspects(&x.request, status) {
		return false
	}
	l.toHandle <- x.handleFunc
	return true
}

// examine has the response decoded and handed to Target.Expect and Target.Handle.
func (x *exchange) examine(a strategies.Answer, encoding string) {
	l := x.loop
	if l.closed.Load() {
		x.handleErr = errAborted
		return
	}
	x.handleErr = l.target.Examine(l.clockStart.Add(x.deadline.at), &x.request, a, encoding)
}

// endWhole ends a request with a whole response. The outcome is a timeout if that came too late. If the response is a redirect that is
// followed, the request goes on instead.
func (x *exchange) endWhole(a strategies.Answer) {
	if x.next != nil {
		x.loop.hops = append(x.loop.hops, x.next)
		x.next = nil
		x.share.Release()
		return
	}
	x.loop.updateClock()
	handleErr := x.handleErr
	x.handleErr = nil
	switch {
	case errors.Is(handleErr, errAborted):
		x.end(strategies.Failed(errAborted))
	case x.loop.clock > x.deadline.at:
		x.end(strategies.Failed(errTimeout))
	default:
		x.end(x.loop.target.Answered(&x.request, a, handleErr))
	}
}

// end ends the request.
func (x *exchange) end(o strategies.Outcome) {
	x.deadline.leave()
	x.loop.end(&x.request, o)
	x.share.Release()
}
