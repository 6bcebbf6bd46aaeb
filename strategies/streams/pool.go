// Package streams shares connections among requests, for protocols that carry several requests at a time on a connection: each is
// a stream of its own.
//
// A [Pool] decides which connection a request takes, and when another is opened. [OpenHTTP2] and [OpenHTTP3] open connections. What
// goes wrong on them is an error that package strategies knows the class of, whatever the library underneath says.
package streams

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"sync"
)

// A Conn is a connection that carries several requests at a time. It is safe for concurrent use.
type Conn interface {
	// Streams returns the most requests at a time that the server allows.
	Streams() int
	// Reserve asks for room for one more request. The request must then be made.
	Reserve() Room
	// Close closes the connection.
	Close() error
}

// Room says whether a connection takes one more request.
type Room int

// What [Conn.Reserve] returns.
const (
	Open Room = iota // it does
	Full             // not now: the function given to open is called when it does
	Gone             // never again
)

// ErrNoStream is the error of a request that found no room within its time.
var ErrNoStream = fmt.Errorf("no stream was free in time: %w", os.ErrDeadlineExceeded)

// errNoneAllowed is the error of a connection on which the server allows no request.
var errNoneAllowed = errors.New("the server allows no request on a connection (a maximum of 0 concurrent streams)")

// A Pool has the connections to a host, as few as are needed: another is opened only if every other has as many requests as it
// may have. It is safe for concurrent use.
type Pool[C Conn] struct {
	open    func(changed func()) (C, error)
	streams int           // the most requests at a time on a connection, apart from what the server allows
	slots   chan struct{} // one for each request in flight

	mu      sync.Mutex
	roomy   []*Place[C] // connections that take more requests, the one that is used next last
	all     map[*Place[C]]struct{}
	stuck   int           // connections that are full although fewer requests are on them than they may have
	changed chan struct{} // closed, and made anew, when one of these may have room
	closed  bool
}

// A Place is a connection of a [Pool] with room for a request.
type Place[C Conn] struct {
	Conn  C
	ready chan struct{} // closed when Conn and err are set
	err   error         // why there is no connection

	// The pool's mutex guards what follows.
	taken   int // requests on it, or waiting for it to be opened
	most    int
	surplus int // requests that waited for it to be opened, and are more than it takes
	open    bool
	roomy   bool
	stuck   bool
	gone    bool
}

// NewPool returns a pool with at most limit requests in flight, and at most streams of them on one connection; 0 for as many as
// the server allows. It opens connections with open, each in a goroutine of its own. The function that it gives to open must
// be called when a connection that was full takes another request.
func NewPool[C Conn](limit, streams int, open func(changed func()) (C, error)) *Pool[C] {
	if streams == 0 {
		streams = math.MaxInt
	}
	return &Pool[C]{
		open: open, streams: streams, slots: make(chan struct{}, limit), all: map[*Place[C]]struct{}{}, changed: make(chan struct{}),
	}
}

// Acquire returns a place for one request, which must be given back by Release. It waits for one until ctx ends, and then returns
// ErrNoStream, or returns the error of the connection that was to be opened for it.
func (p *Pool[C]) Acquire(ctx context.Context) (*Place[C], error) {
	select {
	case p.slots <- struct{}{}:
	default:
		select {
		case p.slots <- struct{}{}:
		case <-ctx.Done():
			return nil, ErrNoStream
		}
	}
	place, err := p.take(ctx)
	if err != nil {
		<-p.slots
	}
	return place, err
}

// Release gives back the place of a request that has ended.
func (p *Pool[C]) Release(place *Place[C]) {
	p.leave(place)
	p.unstick(place)
	<-p.slots
}

func (p *Pool[C]) take(ctx context.Context) (*Place[C], error) {
	for {
		place, changed := p.pick()
		if place == nil {
			select {
			case <-changed:
				continue
			case <-ctx.Done():
				return nil, ErrNoStream
			}
		}
		if err := p.await(ctx, place); err != nil {
			p.leave(place)
			return nil, err
		}
		if p.isSurplus(place) {
			continue
		}
		switch place.Conn.Reserve() {
		case Open:
			return place, nil
		case Full:
			p.setStuck(place)
			if place.Conn.Reserve() == Open { // it had room again before that
				p.unstick(place)
				return place, nil
			}
		case Gone:
			p.remove(place)
		}
		p.leave(place)
	}
}

// pick returns a place on a connection, which may yet have to be opened. If there is none, it returns the channel to wait for.
func (p *Pool[C]) pick() (*Place[C], <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.roomy) > 0 {
		last := p.roomy[len(p.roomy)-1]
		if last.taken < last.most && !last.stuck && !last.gone {
			last.taken++
			return last, nil
		}
		last.roomy = false
		p.roomy = p.roomy[:len(p.roomy)-1]
	}
	if p.stuck > 0 {
		return nil, p.changed
	}
	place := &Place[C]{ready: make(chan struct{}), most: p.streams, taken: 1}
	p.all[place] = struct{}{}
	p.offer(place)
	go p.dial(place)
	return place, nil
}

// offer puts a place among those that take more requests. The caller holds the mutex.
func (p *Pool[C]) offer(place *Place[C]) {
	if !place.roomy && !place.gone && !place.stuck {
		place.roomy = true
		p.roomy = append(p.roomy, place)
	}
}

// dial opens the connection of a place.
func (p *Pool[C]) dial(place *Place[C]) {
	conn, err := p.open(func() { p.unstick(place) })
	if err == nil && conn.Streams() < 1 {
		conn.Close()
		err = errNoneAllowed
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	defer close(place.ready)
	if err != nil {
		place.err, place.gone = err, true
		delete(p.all, place)
		return
	}
	place.Conn, place.open = conn, true
	place.most = min(place.most, conn.Streams())
	place.surplus = max(0, place.taken-place.most)
	if p.closed && place.taken == 0 {
		conn.Close()
	}
}

// await waits until the connection of a place is open, and returns why it is not.
func (p *Pool[C]) await(ctx context.Context, place *Place[C]) error {
	select {
	case <-place.ready:
	default:
		select {
		case <-place.ready:
		case <-ctx.Done():
			return ErrNoStream
		}
	}
	return place.err
}

// isSurplus reports whether a request that has waited for the connection to be opened does not fit on it.
func (p *Pool[C]) isSurplus(place *Place[C]) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if place.surplus == 0 {
		return false
	}
	place.surplus--
	place.taken--
	return true
}

// leave takes a request off its place.
func (p *Pool[C]) leave(place *Place[C]) {
	p.mu.Lock()
	defer p.mu.Unlock()
	place.taken--
	place.surplus = max(0, min(place.surplus, place.taken-place.most))
	p.offer(place)
	if p.stuck > 0 {
		p.wake()
	}
	if p.closed && place.taken == 0 && place.open {
		place.Conn.Close()
	}
}

// setStuck notes that a connection takes no more requests for now.
func (p *Pool[C]) setStuck(place *Place[C]) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !place.stuck && !place.gone {
		place.stuck = true
		p.stuck++
	}
}

// unstick notes that a connection may take more requests again.
func (p *Pool[C]) unstick(place *Place[C]) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !place.stuck {
		return
	}
	place.stuck = false
	p.stuck--
	p.offer(place)
	p.wake()
}

// wake wakes the requests that wait for any connection to have room. The caller holds the mutex.
func (p *Pool[C]) wake() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// remove forgets a connection that takes no more requests. Those on it may still end.
func (p *Pool[C]) remove(place *Place[C]) {
	p.unstick(place)
	p.mu.Lock()
	defer p.mu.Unlock()
	place.gone = true
	delete(p.all, place)
}

// Close closes the connections: those with requests when these have ended.
func (p *Pool[C]) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for place := range p.all {
		if place.open && place.taken == 0 {
			place.Conn.Close()
		}
	}
}
