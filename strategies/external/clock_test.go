package external

import (
	"testing"
	"time"
)

func TestLookaheadIsWhatEndsIn50Milliseconds(t *testing.T) {
	for _, test := range []struct {
		name    string
		each    time.Duration // between reports
		ended   int           // in each
		reports int
		want    int
	}{
		{"a fast program that reports every 10 ms", 10 * time.Millisecond, 500, 100, 2500},
		{"one that ends its requests within a millisecond", time.Millisecond, 60, 100, 3000},
		{"one that reports each request separately", 100 * time.Microsecond, 1, 1000, 500},
		{"a slow one", 50 * time.Millisecond, 3, 10, 3},
		{"one whose requests end all together, once a second", time.Second, 60, 10, 3},
		{"one that has reported nothing", time.Second, 0, 10, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := newLookahead(60, 0)
			for i := range test.reports {
				l.observe(test.ended, time.Duration(i+1)*test.each)
			}
			if l.requests != test.want {
				t.Errorf("%d requests, want %d", l.requests, test.want)
			}
		})
	}
}

func TestLookaheadFollowsTheRate(t *testing.T) {
	l := newLookahead(10, 0)
	now := time.Duration(0)
	for _, ended := range []int{100, 10, 30, 1} { // every 10 ms
		for range 50 {
			now += 10 * time.Millisecond
			l.observe(ended, now)
		}
		if l.requests != 5*ended {
			t.Errorf("after half a second of %d in 10 ms: %d requests, want %d", ended, l.requests, 5*ended)
		}
	}
}

func TestSkewIsTheSmallestDifferenceObserved(t *testing.T) {
	var s skew
	for _, delay := range []time.Duration{7, 3, 0, 5} {
		s.observe(1000+delay, 1300) // this clock is 300 behind
	}
	if s.offset != -300 {
		t.Errorf("got %d, want -300", s.offset)
	}
}
