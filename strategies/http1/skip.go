package http1

import "math"

// Skippable returns how many of the next bytes only count: those of a body that is not kept, or of its chunk. It is 0 if they must
// be seen. Last reports that the response ends with them. Without an end but that of the connection they are as many as an int64 holds.
func (p *Parser) Skippable() (n int64, last bool) {
	switch {
	case p.keeps(), p.phase != inBody && p.phase != inChunk:
		return 0, false
	case p.left == untilClose:
		return math.MaxInt64, false
	}
	return p.left, p.phase == inBody
}

// Skip takes note of n bytes, at most as many as Skippable returns, that the caller has not kept. It returns whether the response
// is done.
func (p *Parser) Skip(n int64) (done bool) {
	p.count(n)
	return p.phase == complete
}
