package server

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/valyala/fasthttp"

	"sweetspot/server/station"
)

// control is where the paths begin that steer the server.
var control = []byte("/-/")

// handle answers one request. Without capacity, delay and failures it costs some atomic additions more than the
// barest of handlers, and no allocation.
func (s *Server) handle(ctx *fasthttp.RequestCtx) {
	if bytes.HasPrefix(ctx.Path(), control) {
		s.steer(ctx)
		return
	}
	c := ctx.Conn().(*conn)
	t := s.tally.Load()
	t.begin(c)
	fate := s.wait(c)
	if fate >= reset {
		t.lose(c, fate)
		s.breakOff(c, fate)
		return // and fasthttp finds that it can't write
	}
	s.answer(ctx, fate)
	if s.stopping.Load() {
		ctx.SetConnectionClose()
	}
	t.answer(c, ctx.Response.StatusCode())
}

// wait holds the request for as long as its delay and the capacity want, and returns what is to become of it.
func (s *Server) wait(c *conn) fate {
	if s.chance == nil {
		return answered
	}
	lot := s.chance.draw()
	if lot.fate != hang && s.scheduler == nil {
		return lot.fate
	}
	c.waitsSince.Store(s.round.Load())
	defer c.waitsSince.Store(0)
	if lot.fate == hang {
		select {
		case <-c.gone:
		case <-s.draining:
		}
		return hang
	}
	switch s.scheduler.wait(c.waiter, lot.delay, lot.work) {
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
	return lot.fate
}

// breakOff ends the connection of a request that gets no whole answer.
func (s *Server) breakOff(c *conn, f fate) {
	switch f {
	case reset:
		c.reset()
	case truncate:
		c.truncate(s.page.beginning)
	default:
		c.leave()
	}
}

// answer fills in the response.
func (s *Server) answer(ctx *fasthttp.RequestCtx, f fate) {
	switch f {
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
	case len(path) == 1: // by far the most frequent
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

// steer answers the paths under /-/.
func (s *Server) steer(ctx *fasthttp.RequestCtx) {
	switch path := strings.TrimPrefix(string(ctx.Path()), string(control)); {
	case path == "stats" && ctx.IsGet():
		s.writeStats(ctx)
	case path == "reset" && ctx.IsPost():
		s.Reset()
		s.writeStats(ctx)
	case path == "stats" || path == "reset":
		writeError(ctx, fasthttp.StatusMethodNotAllowed, "want GET /-/stats or POST /-/reset")
	default:
		writeError(ctx, fasthttp.StatusNotFound, "want GET /-/stats or POST /-/reset")
	}
}

func (s *Server) writeStats(ctx *fasthttp.RequestCtx) {
	ctx.SetContentType("application/json")
	json.NewEncoder(ctx).Encode(s.Stats()) // numbers and names: it can't fail
}

// writeError answers with a JSON object that says what is wrong.
func writeError(ctx *fasthttp.RequestCtx, status int, what string) {
	ctx.SetStatusCode(status)
	ctx.SetContentType("application/json")
	ctx.SetBodyString(`{"error":"` + what + `"}`)
}
