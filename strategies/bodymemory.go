package strategies

import (
	"fmt"
	"os"
	"slices"
	"sync"
	"time"
)

const (
	// freeBody is the number of bytes that the body of every response may have without a share of the session's memory.
	freeBody = 64 << 10
	// sharedBodies is the number of bytes that the larger bodies of a session may have together, without the one that exceeds
	// it: see [BodyShare.Grow]. So a session of any limit keeps at most this and one body of [Target.MaxBody].
	sharedBodies = 16 << 20
)

// bodyMemory is the memory for the bodies that a session must keep until they are decoded.
type bodyMemory struct {
	mu       sync.Mutex
	free     int64
	exceeded bool     // by one share
	waiting  []func() // to be called when memory is given back
	largest  int64    // MaxBody
}

func newBodyMemory(largest int64) *bodyMemory {
	return &bodyMemory{free: sharedBodies, largest: largest}
}

// A BodyShare is one response's part of the memory that a session has for bodies. One goroutine at a time may use it. The zero
// value, which belongs to no session, may grow without limit.
type BodyShare struct {
	memory  *bodyMemory
	size    int64 // bytes that it may keep
	taken   int64 // the part of size that memory.free lacks
	exceeds bool  // it is the one share that may grow although nothing is free
	buffer  []byte
}

// BodyShare returns an empty share. The target must come from [Target.InProcess].
func (t Target) BodyShare() BodyShare { return BodyShare{memory: t.memory} }

// Size returns the number of bytes that may be kept: those for which Grow has returned true, and at least 64 KiB.
func (s *BodyShare) Size() int64 { return max(s.size, freeBody) }

// Grow makes the share larger, to at least a size in bytes. If there is no room for that, it returns false, and wake is called
// once from any goroutine as soon as another share is released. One share at a time may exceed the session's memory, and has
// room for a body of [Target.MaxBody] then. So of several bodies that have taken all memory together, one can grow to its end,
// and then the next.
func (s *BodyShare) Grow(size int64, wake func()) bool {
	m := s.memory
	if m == nil || size <= s.Size() {
		s.size = max(s.size, size)
		return true
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	more := size - s.size
	switch {
	case s.exceeds:
	case more <= m.free:
		m.free -= more
		s.taken += more
	case !m.exceeded:
		m.exceeded, s.exceeds = true, true
		size = max(size, m.largest)
	default:
		m.waiting = append(m.waiting, wake)
		return false
	}
	s.size = size
	return true
}

// Buffer returns a buffer with the contents of body and room for as many bytes as the share has. It belongs to the caller until
// the next call of Buffer or Release, which may lend it to another body.
func (s *BodyShare) Buffer(body []byte) []byte {
	if s.memory == nil {
		return append(make([]byte, 0, s.Size()), body...)
	}
	grown := append(spareBuffers.take(s.Size()), body...)
	spareBuffers.put(s.buffer)
	s.buffer = grown
	return grown
}

// Release empties the share, which may then be used again.
func (s *BodyShare) Release() {
	if s.size == 0 {
		return
	}
	released := *s
	*s = BodyShare{memory: released.memory}
	spareBuffers.put(released.buffer)
	if released.taken == 0 && !released.exceeds {
		return
	}
	m := released.memory
	m.mu.Lock()
	m.free += released.taken
	m.exceeded = m.exceeded && !released.exceeds
	waiting := m.waiting
	m.waiting = nil
	m.mu.Unlock()
	for _, wake := range waiting {
		wake()
	}
}

// errNoMemory is of class [Timeout].
var errNoMemory = fmt.Errorf("larger bodies of other responses took all memory for bodies: %w", os.ErrDeadlineExceeded)

// growBefore is Grow, but waits for room until the deadline.
func (s *BodyShare) growBefore(deadline time.Time, size int64) error {
	for {
		woken := make(chan struct{})
		if s.Grow(size, func() { close(woken) }) {
			return nil
		}
		timer := time.NewTimer(time.Until(deadline))
		select {
		case <-woken:
			timer.Stop()
		case <-timer.C:
			return errNoMemory
		}
	}
}

// bufferList holds buffers of bodies for reuse by any session. Without it the garbage of growing bodies would take several
// times the memory of the bodies, until the collector runs.
type bufferList struct {
	mu    sync.Mutex
	spare [][]byte
	size  int64 // the capacities of spare together
}

var spareBuffers bufferList

// take returns an empty buffer with that capacity, or a little more.
func (l *bufferList) take(size int64) []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, buffer := range l.spare {
		if room := int64(cap(buffer)); size <= room && room <= size+size/8 {
			l.spare, l.size = slices.Delete(l.spare, i, i+1), l.size-room
			return buffer[:0]
		}
	}
	return make([]byte, 0, size)
}

// put keeps a buffer for reuse, instead of the oldest ones if there is no room for all.
func (l *bufferList) put(buffer []byte) {
	if cap(buffer) == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.spare, l.size = append(l.spare, buffer), l.size+int64(cap(buffer))
	for l.size > maxSpare {
		l.size -= int64(cap(l.spare[0]))
		l.spare = slices.Delete(l.spare, 0, 1)
	}
}

// maxSpare is how many bytes a bufferList keeps.
const maxSpare = 48 << 20
