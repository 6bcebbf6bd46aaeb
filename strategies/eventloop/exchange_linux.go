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
	handleErr error                // of Target.Examine

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

// takeAnswer handles a whole response: it is decoded, unless nobody wants to see it.
func (x *exchange) takeAnswer(status int, cookies []string) (inspected bool) {
	l := x.loop
	x.deadline.leave()
	if len(cookies) > 0 {
		if from, err := url.Parse(x.request.URL); err == nil {
			for _, header := range cookies {
				l.cookies.Set(from, header)
			}
		}
	}
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

// endWhole ends a request with a whole response. The outcome is a timeout if that came too late.
func (x *exchange) endWhole(a strategies.Answer) {
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
