package station

import (
	"container/heap"
	"math"
)

// A queue holds visits by their key, smallest first, and lets one leave from the middle.
type queue struct{ visits heapOfVisits }

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

// heapOfVisits implements heap.Interface.
type heapOfVisits []*Visit

func (h heapOfVisits) Len() int { return len(h) }

func (h heapOfVisits) Less(i, j int) bool {
	if h[i].key != h[j].key {
		return h[i].key < h[j].key
	}
	return h[i].order < h[j].order
}

func (h heapOfVisits) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

func (h *heapOfVisits) Push(x any) {
	v := x.(*Visit)
	v.index = len(*h)
	*h = append(*h, v)
}

func (h *heapOfVisits) Pop() any {
	last := len(*h) - 1
	v := (*h)[last]
	(*h)[last] = nil // let the connection be collected
	*h = (*h)[:last]
	return v
}
