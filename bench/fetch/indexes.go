package fetch

// indexes is a set of indexes of jobs. A block of which all are in it takes no memory, so that the set of a list that was requested in
// about its order is small.
type indexes struct {
	count  int64
	blocks map[int64]*block
}

// A block is the part of the set that holds a number of neighbours.
type block struct {
	count int
	bits  []uint64 // nil if all are in it
}

const (
	blockSize = 1 << 12
	wordSize  = 64
)

func newIndexes() *indexes { return &indexes{blocks: map[int64]*block{}} }

// has reports whether an index is in the set.
func (s *indexes) has(i int64) bool {
	b := s.blocks[i/blockSize]
	if b == nil {
		return false
	}
	at := i % blockSize
	return b.bits == nil || b.bits[at/wordSize]&(1<<(at%wordSize)) != 0
}

// add adds an index, and reports whether it was not in the set before.
func (s *indexes) add(i int64) bool {
	if s.has(i) {
		return false
	}
	b := s.blocks[i/blockSize]
	if b == nil {
		b = &block{bits: make([]uint64, blockSize/wordSize)}
		s.blocks[i/blockSize] = b
	}
	at := i % blockSize
	b.bits[at/wordSize] |= 1 << (at % wordSize)
	s.count++
	if b.count++; b.count == blockSize {
		b.bits = nil
	}
	return true
}
