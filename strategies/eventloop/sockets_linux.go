package eventloop

import (
	"golang.org/x/sys/unix"

	"sweetspot/strategies/network"
)

// A speaker speaks a protocol on a socket of a loop. The loop calls it when something has happened there.
type speaker interface {
	// ready handles events of epoll. An error or the end of the stream is an event too.
	ready(events uint32)
	// disconnect closes the socket. It is called when the session is closed.
	disconnect()
}

// sockets are the sockets of a loop, by file descriptor.
type sockets struct {
	poller *poller
	places []place
	serial int32 // of the latest socket
	open   int
}

// A place belongs to a file descriptor. Its serial number distinguishes a socket from earlier ones with the same descriptor; events
// carry it as their Pad.
type place struct {
	speaker speaker // nil if the loop has no such socket
	serial  int32
}

// add makes s the speaker of a socket, whose events it gets from now on.
func (all *sockets) add(fd int, s speaker) error {
	for len(all.places) <= fd {
		all.places = append(all.places, place{})
	}
	all.serial++
	all.places[fd] = place{s, all.serial}
	all.open++
	return all.poller.add(fd, all.serial, unix.EPOLLIN|unix.EPOLLOUT|unix.EPOLLRDHUP)
}

// pass makes s the speaker of a socket that had another.
func (all *sockets) pass(fd int, s speaker) { all.places[fd].speaker = s }

// remove forgets a socket, which is then closed.
func (all *sockets) remove(fd int) {
	all.places[fd].speaker = nil
	all.open--
}

// handle hands an event to the speaker whose it is. There is none if an earlier event closed the socket.
func (all *sockets) handle(fd, serial int32, events uint32) {
	if p := all.places[fd]; p.speaker != nil && p.serial == serial {
		p.speaker.ready(events)
	}
}

// closeAll closes every socket.
func (all *sockets) closeAll() {
	for _, p := range all.places {
		if p.speaker != nil {
			p.speaker.disconnect()
		}
	}
}

// ending reports whether an event says that the peer has ended the stream.
func ending(events uint32) bool { return events&(unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) != 0 }

// arrived reports whether an event says that something has arrived on the socket, and tells the socket so.
func arrived(s *network.Socket, events uint32) bool {
	if !ending(events) && events&unix.EPOLLIN == 0 {
		return false
	}
	s.Arrived(ending(events))
	return true
}
