package server

import (
	"bytes"
	"errors"

	"github.com/valyala/fasthttp"

	"sweetspot/server/station"
)

// handle answers one request of HTTP/1.1. Without capacity, delay and failures it costs a few atomic additions more than a bare
// fasthttp handler, and no allocation.
func (s *Server) handle(ctx *fasthttp.RequestCtx) {
	if bytes.HasPrefix(ctx.Path(), controlPrefix) {
		s.control(ctx)
		return
	}
	c := ctx.Conn().(*conn)
	if outcome := s.respond(ctx, &c.visit); outcome >= reset {
		s.abort(c, outcome)
		return // fasthttp's write of the response then fails
	}
	if s.stopping.Load() {
		ctx.SetConnectionClose()
	}
}

// respond holds the request for its delay and its service, fills in the response if there is one, and counts the request. It
// returns the request's outcome.
func (s *Server) respond(ctx *fasthttp.RequestCtx, v *visit) outcome {
	counters := s.counters.Load()
	began := counters.begin(v.link)
	outcome := s.wait(v)
	if outcome >= reset {
		counters.abort(v.link, began, outcome)
		return outcome
	}
	s.answer(ctx, outcome)
	counters.answer(v.link, began, ctx.Response.StatusCode())
	return outcome
}

// wait holds the request for its delay and its service, and returns its outcome.
func (s *Server) wait(v *visit) outcome {
	if s.faults == nil {
		return answered
	}
	draw := s.faults.next()
	if draw.outcome != hang && s.scheduler == nil {
		return draw.outcome
	}
	v.waitsSince.Store(s.polls.Load())
	defer v.waitsSince.Store(0)
	if draw.outcome == hang {
		select {
		case <-v.gone:
		case <-s.draining:
		}
		return hang
	}
	switch s.scheduler.wait(v.waiter, draw.delay, draw.work) {
	case station.Rejected:
		return status429
	case station.Canceled:
		if s.cutting.Load() {
			return cut
		}
		return hangup
	}
	return draw.outcome
}

// abort ends the connection of a request that gets no complete answer.
func (s *Server) abort(c *conn, o outcome) {
	switch o {
	case reset:
		c.reset()
	case truncate:
		c.truncate(s.page.truncated)
	default:
		c.abort()
	}
}

// answer fills in the response.
func (s *Server) answer(ctx *fasthttp.RequestCtx, o outcome) {
	switch o {
	case status500:
		writeError(ctx, fasthttp.StatusInternalServerError, "this request was chosen to fail")
		return
	case status429:
		ctx.Response.Header.Set("Retry-After", "1")
		writeError(ctx, fasthttp.StatusTooManyRequests, "faster than the rate allowed")
		return
	}
	path := ctx.Path()
	switch {
	case len(path) == 1: // by far the most frequent, so it is compared first
		s.page.write(ctx)
	case string(path) == "/login":
		s.sessions.login(ctx)
	case string(path) == "/private":
		s.private(ctx)
	case bytes.HasPrefix(path, redirectPath):
		redirect(ctx)
	default:
		s.page.write(ctx)
	}
}

// rejected answers what fasthttp does not accept as a request.
func rejected(ctx *fasthttp.RequestCtx, err error) {
	var head *fasthttp.ErrSmallBuffer
	switch {
	case errors.As(err, &head):
		writeError(ctx, fasthttp.StatusRequestHeaderFieldsTooLarge, "the head of the request is too large")
	case errors.Is(err, fasthttp.ErrBodyTooLarge):
		writeError(ctx, fasthttp.StatusRequestEntityTooLarge, "the body is too large")
	default:
		writeError(ctx, fasthttp.StatusBadRequest, "this is not a request of HTTP/1.1")
	}
}

// writeError answers with a JSON object that contains the message, which must need no escaping.
func writeError(ctx *fasthttp.RequestCtx, status int, message string) {
	ctx.SetStatusCode(status)
	ctx.SetContentType("application/json")
	ctx.SetBodyString(`{"error":"` + message + `"}`)
}
