package eventloop

import "sweetspot/strategies/http2"

// flushLater has the loop send what there is to send, once it has started requests.
func (m *mux) flushLater() {
	if !m.unflushed {
		m.unflushed = true
		m.loop.unflushed = append(m.loop.unflushed, m)
	}
}

// flush sends as much as the socket takes.
func (m *mux) flush() {
	for m.socket != nil && m.conn != nil {
		data := m.conn.Unsent()
		if len(data) == 0 && !m.socket.Blocked() {
			return
		}
		n, err := m.socket.Write(data)
		m.conn.Sent(n)
		if err != nil {
			m.sendFailed(err)
			return
		}
		if n < len(data) || m.socket.Blocked() {
			return // an event will say when the socket takes more
		}
	}
}

// sendFailed handles a write that failed. The server may have answered, or said why it ends the connection, before.
func (m *mux) sendFailed(err error) {
	if m.answers > 0 && m.socket.Sent() == m.sentBefore {
		m.endUnseen()
		return
	}
	m.socket.Arrived(true)
	if m.receive(); m.socket != nil {
		m.end(err)
	}
}

// end closes the connection: for err, or, if that is nil, because the server has closed it or nobody needs it any more. If the server
// had closed it before any byte of the requests in flight reached it, they are made again: see [network.Socket.Acknowledged].
func (m *mux) end(err error) {
	if m.state == gone {
		return
	}
	if err == nil && m.answers > 0 && m.socket.Acknowledged(m.sentBefore) {
		m.endUnseen()
		return
	}
	waiting, conn := m.close()
	if conn != nil {
		m.handle(conn.End(err))
	}
	if err == nil {
		err = errShut
	}
	for _, s := range waiting {
		s.failed(err)
	}
}

// endUnseen closes the connection. The requests that it carried are made again.
func (m *mux) endUnseen() {
	_, conn := m.close()
	for _, e := range conn.End(nil) {
		e.Stream.Owner.(*stream).again()
	}
}

// close closes the connection, and returns what is left of it.
func (m *mux) close() (waiting []*stream, conn *http2.Conn) {
	m.dialling.stop()
	m.idleTimer.leave()
	m.offerNoMore()
	m.state = gone
	m.disconnect()
	waiting, m.waiting = m.waiting, nil
	return waiting, m.conn
}

// disconnect implements [speaker].
func (m *mux) disconnect() {
	if m.socket != nil {
		m.loop.sockets.remove(m.socket.FD())
		m.socket.Close()
		m.socket = nil
	}
}
