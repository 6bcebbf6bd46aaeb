package server

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"

	"github.com/valyala/fasthttp"
)

// A stream is a request of HTTP/2 or HTTP/3 as the handlers of HTTP/1.1 see it: as one of fasthttp. It is used again.
type stream struct {
	ctx fasthttp.RequestCtx
	visit
}

var streams = sync.Pool{New: func() any { return new(stream) }}

// serveStream answers one request of HTTP/2 or HTTP/3, as handle does one of HTTP/1.1.
func (s *Server) serveStream(w http.ResponseWriter, r *http.Request, from *link) {
	if !s.streaming.TryRLock() {
		panic(http.ErrAbortHandler) // the server has closed
	}
	defer s.streaming.RUnlock()
	st := streams.Get().(*stream)
	st.link, st.gone = from, r.Context().Done()
	if !st.receive(r) {
		writeError(&st.ctx, fasthttp.StatusRequestEntityTooLarge, "the body is too large")
		st.send(w, r.Method)
		return
	}
	outcome := answered
	if bytes.HasPrefix(st.ctx.Path(), controlPrefix) {
		s.control(&st.ctx)
	} else {
		outcome = s.stay(r.Context(), st)
	}
	switch {
	case outcome == truncate:
		s.page.writeHalf(w)
		return
	case outcome >= reset:
		panic(http.ErrAbortHandler) // the library resets the stream
	}
	if n := s.config.RequestsPerConn; from.protocol == overHTTP2 && (s.stopping.Load() || s.config.NoKeepAlive || n > 0 && from.begun.Add(1) >= int64(n)) {
		w.Header().Set("Connection", "close") // the library announces the end of the connection
	}
	st.send(w, r.Method)
	streams.Put(st)
}

// stay is respond for a request whose client may hang up.
func (s *Server) stay(ctx context.Context, st *stream) outcome {
	if s.scheduler == nil {
		return s.respond(&st.ctx, &st.visit)
	}
	if st.waiter == nil {
		st.waiter = newWaiter()
	}
	waiter := st.waiter
	unwatch := context.AfterFunc(ctx, func() { s.scheduler.cancel(waiter) })
	outcome := s.respond(&st.ctx, &st.visit)
	if !unwatch() {
		st.waiter = nil // it may yet be canceled
	}
	return outcome
}

// receive reads the request. It returns false if the body is too large.
func (st *stream) receive(r *http.Request) bool {
	st.ctx.Request.Reset()
	st.ctx.Response.Reset()
	request := &st.ctx.Request
	request.Header.SetMethod(r.Method)
	request.SetRequestURI(r.RequestURI)
	request.Header.SetHost(r.Host)
	for _, name := range []string{"Cookie", "Accept-Encoding"} { // what the handlers look at
		for _, value := range r.Header[name] {
			request.Header.Add(name, value)
		}
	}
	_, err := io.Copy(io.Discard, http.MaxBytesReader(nil, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	return !errors.As(err, &tooLarge)
}

// send writes the response.
func (st *stream) send(w http.ResponseWriter, method string) {
	response := &st.ctx.Response
	header := w.Header()
	for name, value := range response.Header.All() {
		header.Add(string(name), string(value))
	}
	if !response.IsBodyStream() {
		header.Set("Content-Length", strconv.Itoa(len(response.Body())))
	} else {
		header.Del("Content-Length")
		header.Del("Transfer-Encoding") // which is of HTTP/1.1
	}
	w.WriteHeader(response.StatusCode())
	if method != http.MethodHead {
		response.BodyWriteTo(w)
	}
}

// writeHalf answers with half of the page, and ends the stream as if that were all.
func (p *page) writeHalf(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(p.body)))
	w.Write(p.body[:len(p.body)/2])
}
