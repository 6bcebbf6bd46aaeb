package strategies

import "sync"

// An inbox is where other goroutines leave what the loop is to do.
type inbox struct {
	ring func() // wakes the loop
	mu   sync.Mutex
	full []func()
	read []func() // what empty returned, to be used again
}

// post leaves something for the loop to do. It may be called from any goroutine.
func (b *inbox) post(do func()) {
	b.mu.Lock()
	first := len(b.full) == 0
	b.full = append(b.full, do)
	b.mu.Unlock()
	if first {
		b.ring()
	}
}

// empty returns what has been left since. It is valid until empty is called again.
func (b *inbox) empty() []func() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.full) == 0 {
		return nil
	}
	clear(b.read) // what it refers to is done with
	b.full, b.read = b.read[:0], b.full
	return b.read
}
