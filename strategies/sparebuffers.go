package strategies

import (
	"slices"
	"sync"
)

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
