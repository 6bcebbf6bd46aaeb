package station

import (
	"container/heap"
	"math"
)

// A queue is a priority queue of visits, smallest key first, from which any visit can be removed.
type queue struct{ visits visitHeap }

func (q *queue) push(v *Visit, key float64) {
	v.queue, v.key = q, key
	heap.Push(&q.visits, v)
}

// first returns the smallest key, or +Inf if the queue is empty.
func (q *queue) first() float64 {
	if len(q.visits) == 0 {
		return math.Inf(1)
	}
	return q.visits[0].key
}

func (q *queue) pop() *Visit {
	v := heap.Pop(&q.visits).(*Visit)
	v.queue = nil
	return v
}

func (q *queue) remove(v *Visit) {
	heap.Remove(&q.visits, v.index)
	v.queue = nil
}

func (q *queue) size() int { return len(q.visits) }

// visitHeap implements heap.Interface.
type visitHeap []*Visit

func (h visitHeap) Len() int { return len(h) }

func (h visitHeap) Less(i, j int) bool {
	if h[i].key != h[j].key {
		return h[i].key < h[j].key
	}
	return h[i].order < h[j].order
}

func (h visitHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

func (h *visitHeap) Push(x any) {
	v := x.(*Visit)
	v.index = len(*h)
	*h = append(*h, v)
}

func (h *visitHeap) Pop() any {
	last := len(*h) - 1
	v := (*h)[last]
	(*h)[last] = nil // so that the visit can be garbage collected
	*h = (*h)[:last]
	return v
}
