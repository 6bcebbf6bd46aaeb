package server

import (
	"bytes"

	"github.com/valyala/fasthttp"

	"sweetspot/server/station"
)

// handle answers one request. Without capacity, delay and failures it costs a few atomic additions more than a bare
// fasthttp handler, and no allocation.
func (s *Server) handle(ctx *fasthttp.RequestCtx) {
	if bytes.HasPrefix(ctx.Path(), controlPrefix) {
		s.control(ctx)
		return
	}
	c := ctx.Conn().(*conn)
	counters := s.counters.Load()
	counters.begin(c)
	outcome := s.wait(c)
	if outcome >= reset {
		counters.abort(c, outcome)
		s.abort(c, outcome)
		return // fasthttp's write of the response then fails
	}
	s.answer(ctx, outcome)
	if s.stopping.Load() {
		ctx.SetConnectionClose()
	}
	counters.answer(c, ctx.Response.StatusCode())
}

// wait holds the request for its delay and its service, and returns its outcome.
func (s *Server) wait(c *conn) outcome {
	if s.faults == nil {
		return answered
	}
	draw := s.faults.next()
	if draw.outcome != hang && s.scheduler == nil {
		return draw.outcome
	}
	c.waitsSince.Store(s.polls.Load())
	defer c.waitsSince.Store(0)
	if draw.outcome == hang {
		select {
		case <-c.gone:
		case <-s.draining:
		}
		return hang
	}
	switch s.scheduler.wait(c.waiter, draw.delay, draw.work) {
	case station.Rejected:
		return status429
	case station.Canceled:
		select {
		case <-c.gone:
			return hangup
		default:
			return cut
		}
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

// writeError answers with a JSON object that contains the message, which must need no escaping.
func writeError(ctx *fasthttp.RequestCtx, status int, message string) {
	ctx.SetStatusCode(status)
	ctx.SetContentType("application/json")
	ctx.SetBodyString(`{"error":"` + message + `"}`)
}
