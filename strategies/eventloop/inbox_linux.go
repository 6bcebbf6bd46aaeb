package eventloop

import "sync"

// An inbox holds functions that other goroutines leave for the loop to call.
type inbox struct {
	wake   func() // wakes the loop
	mu     sync.Mutex
	posted []func()
	taken  []func() // what takeAll returned last, to reuse its memory
}

// post leaves a function for the loop to call. Any goroutine may call it.
func (b *inbox) post(do func()) {
	b.mu.Lock()
	first := len(b.posted) == 0
	b.posted = append(b.posted, do)
	b.mu.Unlock()
	if first {
		b.wake()
	}
}

// takeAll returns what has been posted since its last call. The slice is valid until the next call.
func (b *inbox) takeAll() []func() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.posted) == 0 {
		return nil
	}
	clear(b.taken) // so that the garbage collector can free what the functions refer to
	b.posted, b.taken = b.taken[:0], b.posted
	return b.taken
}
