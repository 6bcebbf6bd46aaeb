package eventloop

import (
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"sweetspot/strategies/http2"
	"sweetspot/strategies/network"
)

// A mux is a connection that speaks HTTP/2, with the requests that it carries.
type mux struct {
	loop     *loop
	host     *host
	dialling dialling
	socket   *network.Socket // nil if there is no connection
	conn     *http2.Conn     // nil until there was one
	state    muxState
	waiting  []*stream // until the connection is open

	roomy     bool         // it is in host.roomy
	unflushed bool         // it is in loop.unflushed
	idleTimer timer[idler] // when the idle connection is closed
	lastRun   int64        // the latest run in which the connection carried a request

	answers    int           // on this connection
	heard      time.Duration // when something has arrived, on the loop's clock
	sentBefore uint64        // bytes sent before the requests that are in flight
}

// muxState is what a mux is doing.
type muxState uint8

const (
	opening muxState = iota // it connects, and waits for the first SETTINGS
	carrying
	retired // it carries no further request
	gone    // closed
)

// The errors of a server that does not speak HTTP/2.
var (
	// errSilent is that of a server that accepts a connection and says nothing. Over TCP, one of HTTP/1 may do so.
	errSilent = fmt.Errorf("%w: the server has sent nothing of HTTP/2", errDialTimeout)
	errShut   = fmt.Errorf("the server closed the connection and has sent nothing of HTTP/2: %w", io.EOF)
)

// errNoStreams is that of a server with which nothing can be done.
var errNoStreams = errors.New("the server allows no stream: its SETTINGS_MAX_CONCURRENT_STREAMS is 0")

// openMux returns a mux that connects to h.
func (l *loop) openMux(h *host) *mux {
	m := &mux{loop: l, host: h}
	m.idleTimer.owner = m
	m.dialling.init(l, m)
	m.offer()
	m.dialling.begin(h)
	return m
}

// connected implements [dialler]. The rest of the dial timeout is for the first SETTINGS.
func (m *mux) connected(s *network.Socket) {
	m.socket = s
	if err := m.agreed(s.Protocol(), nil); err != nil {
		m.end(err)
		return
	}
	m.conn = http2.New(&m.loop.limits)
	m.loop.dialTimers.join(&m.dialling.timeout, m.loop.clock)
	m.flush()
}

// dialFailed implements [dialler].
func (m *mux) dialFailed(err error) {
	if m.socket != nil {
		m.end(errSilent)
		return
	}
	m.end(m.agreed("", err))
}

// agreed is [network.Agreed] for the handshake of the connection.
func (m *mux) agreed(protocol string, err error) error {
	if !m.host.https {
		return err
	}
	return network.Agreed(protocol, err, net.JoinHostPort(m.host.name, m.host.port), m.loop.tls)
}

// ready implements [speaker].
func (m *mux) ready(events uint32) {
	if arrived(m.socket, events) {
		m.receive()
	}
	if events&unix.EPOLLOUT != 0 {
		m.flushLater()
	}
}

// receive reads what has arrived.
func (m *mux) receive() {
	l := m.loop
	for range readsPerEvent {
		if m.socket == nil {
			return
		}
		n, err := m.socket.Read(l.buffer)
		switch {
		case err == network.ErrAgain:
			return
		case err == io.EOF:
			m.end(nil)
			return
		case err != nil:
			m.end(err)
			return
		}
		m.heard = l.clock
		m.feed(l.buffer[:n])
	}
	l.unread = append(l.unread, m)
}

// receiveMore implements [receiver].
func (m *mux) receiveMore() {
	if m.socket != nil {
		m.socket.Arrived(true)
		m.receive()
	}
}

// feed hands what has arrived to the state machine.
func (m *mux) feed(data []byte) {
	events, err := m.conn.Feed(data)
	m.handle(events)
	if err != nil {
		_, _ = m.socket.Write(m.conn.Unsent()) // tells the server why, if that is possible at once
		m.end(err)
		return
	}
	if m.state == opening && m.conn.Ready() {
		m.dialling.stop()
		m.state = carrying
		m.loop.allowed(m.host, m.conn.MaxStreams())
		waiting := m.waiting
		m.waiting = nil
		for _, s := range waiting {
			m.carry(s)
		}
	}
	if m.state == carrying && m.conn.Ending() {
		m.retire()
	}
	m.flushLater()
	m.offer()
}

// handle handles the events of the state machine.
func (m *mux) handle(events []http2.Event) {
	for _, e := range events {
		s := e.Stream.Owner.(*stream)
		switch e.Kind {
		case http2.Done:
			m.answers++
			s.complete()
		case http2.Failed:
			s.failed(e.Err)
		case http2.Refused:
			s.again()
		case http2.Wants:
			s.hungry = true
			s.grow()
		}
	}
}

// carry opens a stream for s, or lets it wait until that is possible. If the server allows fewer streams than was expected, s looks
// for another connection.
func (m *mux) carry(s *stream) {
	s.mux = m
	switch {
	case m.state == opening:
		m.waiting = append(m.waiting, s)
		return
	case m.conn.MaxStreams() == 0:
		s.failed(errNoStreams)
		return
	case m.room() <= 0:
		s.mux = nil
		m.loop.toPlace = append(m.loop.toPlace, s)
		return
	}
	if m.conn.Open() == 0 {
		m.idleTimer.leave()
		m.sentBefore = m.socket.Sent()
	}
	s.carried = m.loop.clock
	m.loop.network.CountRequest(&m.lastRun)
	m.conn.OpenStream(&s.stream, s.form, s.path, s.cookie)
	m.flushLater()
}

// room returns how many more requests the mux can take.
func (m *mux) room() int {
	switch m.state {
	case opening:
		return m.loop.perMux(m.host) - len(m.waiting)
	case carrying:
		return min(m.conn.Room(), m.loop.perMux(m.host)-m.conn.Open())
	}
	return 0
}

// offer lets other requests find the mux if it has room, and does what is to be done if it carries none.
func (m *mux) offer() {
	if m.state == gone {
		return
	}
	if !m.roomy && m.room() > 0 {
		m.roomy = true
		m.host.roomy = append(m.host.roomy, m)
	}
	if m.conn == nil || m.conn.Open() > 0 || m.state == opening {
		return
	}
	if m.state == retired {
		m.end(nil)
		return
	}
	m.idleTimer.leave()
	m.loop.idleTimers.join(&m.idleTimer, m.loop.clock)
}

// retire lets the mux carry no further request. It is closed once those that it carries have ended.
func (m *mux) retire() {
	m.state = retired
	m.offerNoMore()
}

func (m *mux) offerNoMore() {
	if m.roomy {
		m.roomy = false
		if h, last := m.host, len(m.host.roomy)-1; h.roomy[last] == m { // as a rule
			h.roomy = h.roomy[:last]
			return
		}
		m.host.roomy = slices.DeleteFunc(m.host.roomy, func(other *mux) bool { return other == m })
	}
}

// discard implements [idler].
func (m *mux) discard() { m.end(nil) }
