package eventloop

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"sweetspot/strategies"
	"sweetspot/strategies/http2"
)

// A stream is a request in flight over HTTP/2. It waits for a connection, is carried by one, or has its response with Target.Handle.
type stream struct {
	exchange
	host   *host
	mux    *mux // that carries it, or will; nil if none does
	stream http2.Stream
	form   *http2.Form
	path   string
	cookie string

	carried time.Duration  // since when a connection carries it, on the loop's clock
	tries   int            // on connections whose server has not processed it
	backoff timer[*stream] // when it is made again
	hungry  bool           // it waits for memory for the body

	wakeFunc, growFunc func() // the methods wake and grow, allocated once
}

const (
	// maxTries is how often a request is made on a stream that the server refuses, or on a connection that it is about to close.
	maxTries = 6
	// backoffTime is the time until a request is made for the third time, and each time after that. The second time is at once: on
	// another connection, or on one that has room by then.
	backoffTime = 100 * time.Millisecond
)

// errRefused is of class [strategies.Reset].
var errRefused error = fmt.Errorf("%d tries: %w", maxTries, &http2.ResetError{Code: http2.RefusedStream})

// startHTTP2 makes the request: see [exchange.begin].
func (l *loop) startHTTP2(h *host, r *strategies.Request, timer *timer[inFlight]) {
	s := l.newStream(h)
	s.tries = 0
	s.begin(r, timer)
	if err := s.write(); err != nil {
		s.failed(err)
		return
	}
	s.place()
}

// newStream returns a stream for a request to h.
func (l *loop) newStream(h *host) *stream {
	last := len(l.spareStreams) - 1
	if last < 0 {
		s := &stream{host: h}
		s.exchange.open(l, s, s.handle, s.finish)
		s.stream.Owner, s.backoff.owner = s, s
		s.wakeFunc, s.growFunc = s.wake, s.grow
		return s
	}
	s := l.spareStreams[last]
	l.spareStreams = l.spareStreams[:last]
	s.host = h
	return s
}

// write prepares what is sent.
func (s *stream) write() (err error) {
	l, h, r := s.loop, s.host, &s.request
	if h.form == nil || h.formOf != r.Message {
		h.message = l.target.Message(r.Message)
		h.form, h.formOf = http2.NewForm(h.messageFor(h.message)), r.Message
	}
	s.form, s.path = h.form, requestPath(r.URL[len(h.prefix):])
	if l.cookies.Empty() {
		s.cookie = strings.Join(h.message.Header["Cookie"], "; ")
		return nil
	}
	location, err := url.Parse(r.URL)
	if err != nil {
		return err
	}
	s.cookie = l.cookies.Header(location, h.message.Header)
	return nil
}

// place finds a connection for the request: the one that had room last, or a new one.
func (s *stream) place() {
	h := s.host
	for last := len(h.roomy) - 1; last >= 0; last = len(h.roomy) - 1 {
		m := h.roomy[last]
		if m.state == carrying && m.conn.Open() == 0 { // it was idle: nothing must have arrived that ends it
			m.socket.Arrived(false)
			if m.receive(); !m.roomy {
				continue
			}
		}
		room := m.room()
		if room <= 1 {
			m.offerNoMore()
		}
		if room >= 1 {
			m.carry(s)
			return
		}
	}
	s.loop.openMux(h).carry(s)
}

// complete handles a whole response.
func (s *stream) complete() {
	s.mux, s.hungry = nil, false
	if !s.takeAnswer(s.stream.Status(), s.stream.Cookies(), s.stream.Location()) {
		s.finish()
	}
}

// handle is called by a goroutine of startHandlers; the loop does not touch s meanwhile.
func (s *stream) handle() { s.examine(s.answer(), s.stream.ContentEncoding()) }

// answer returns the response.
func (s *stream) answer() strategies.Answer {
	return strategies.Answer{Status: s.stream.Status(), Bytes: s.stream.Size(), Header: s.stream.Header(), Body: s.stream.Body()}
}

// finish ends the request with its response.
func (s *stream) finish() {
	s.endWhole(s.answer())
	s.free()
}

// failed ends the request with an error.
func (s *stream) failed(err error) {
	if errors.Is(err, http2.ErrBodyTooLarge) {
		s.end(strategies.Answered(s.stream.Status(), s.stream.Size(), strategies.ErrTooLarge))
	} else {
		s.end(strategies.Failed(err))
	}
	s.free()
}

// free makes s ready for another request.
func (s *stream) free() {
	s.backoff.leave()
	s.stream.Release()
	s.mux, s.host, s.form, s.hungry = nil, nil, nil, false
	s.loop.spareStreams = append(s.loop.spareStreams, s)
}

// again has the request made again, which the server cannot have seen, or said that it has not processed.
func (s *stream) again() {
	l := s.loop
	s.mux, s.hungry = nil, false
	s.share.Release()
	switch s.tries++; {
	case s.tries == maxTries:
		s.failed(errRefused)
	case s.tries == 1:
		l.toPlace = append(l.toPlace, s)
	default:
		l.backoffTimers.join(&s.backoff, l.clock)
	}
}

// giveUp implements [inFlight].
func (s *stream) giveUp(why error) {
	m := s.mux
	if m != nil {
		m.abandon(s)
	} else {
		s.loop.stopPlacing(s)
	}
	s.failed(why)
	if m != nil {
		m.offer()
	}
}

// abandon ends a request that the mux carries. If nothing has arrived since then, the connection may be dead, and gets no
// other request.
func (m *mux) abandon(s *stream) {
	if i := slices.Index(m.waiting, s); i >= 0 {
		m.waiting = slices.Delete(m.waiting, i, i+1)
		return
	}
	m.conn.Cancel(&s.stream)
	m.flushLater()
	if m.heard <= s.carried && m.state == carrying {
		m.retire()
	}
}

// grow lets the server send more of the body, if there is memory for it.
func (s *stream) grow() {
	if !s.hungry {
		return
	}
	m := s.mux
	wanted := m.conn.Wanted(&s.stream)
	if s.share.Grow(wanted, s.wakeFunc) {
		s.hungry = false
		m.conn.Allow(&s.stream, wanted, s.share.Buffer(s.stream.Body()))
		m.flushLater()
	}
}

// wake makes the loop grow s, which waited for memory. Any goroutine may call it.
func (s *stream) wake() { s.loop.inbox.post(s.growFunc) }
