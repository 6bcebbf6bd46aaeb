package eventloop

import (
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func openPoller(t *testing.T) *poller {
	t.Helper()
	p, err := newPoller()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func TestPollerWaitsForAnEventOrTheTimeout(t *testing.T) {
	for _, test := range []struct {
		name      string
		most      time.Duration
		ring      time.Duration // after which it is woken; negative means never
		least     time.Duration
		happening bool
	}{
		{"nothing happens in a short time", 3 * time.Millisecond, -1, 3 * time.Millisecond, false},
		{"nothing happens in less than epoll's millisecond", time.Nanosecond, -1, time.Nanosecond, false},
		{"nothing happens in a long time", yieldThreshold + time.Millisecond, -1, yieldThreshold + time.Millisecond, false},
		{"the timeout is 0", 0, -1, 0, false},
		{"the timeout is negative", -time.Second, -1, 0, false},
		{"it has happened", never, 0, 0, true},
		{"it happens soon", never, 10 * time.Millisecond, 10 * time.Millisecond, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := openPoller(t)
			began := time.Now()
			if test.ring == 0 {
				p.wake()
			} else if test.ring > 0 {
				rings := time.AfterFunc(test.ring, p.wake)
				defer rings.Stop()
			}
			var events []unix.EpollEvent
			for first := true; first || len(events) == 0 && (test.happening || time.Since(began) < test.least); first = false {
				var err error
				if events, err = p.wait(test.most); err != nil { // signals of the runtime may end it early
					t.Fatal(err)
				}
			}
			if happening := len(events) == 1 && int(events[0].Fd) == p.wakeFD; happening != test.happening {
				t.Errorf("got events %v, want that of the eventfd: %v", events, test.happening)
			}
			if took := time.Since(began); took < test.least {
				t.Errorf("returned after %v, want %v or more", took, test.least)
			}
		})
	}
}

func TestPollerPollsMoreOftenWhenItFindsEvents(t *testing.T) {
	p := openPoller(t)
	// On one processor the goroutine that wakes the poller runs when the poller yields, unless this one is preempted just before.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for tries := 0; p.polls < maxPolls && tries < 100; tries++ {
		go p.wake()
		if _, err := p.wait(never); err != nil {
			t.Fatal(err)
		}
	}
	if p.polls != maxPolls {
		t.Fatalf("%d polls after they found events, want %d", p.polls, maxPolls)
	}
	for want := maxPolls / 2; want > 0; want /= 2 {
		if _, err := p.wait(yieldThreshold); err != nil {
			t.Fatal(err)
		}
		if p.polls != want {
			t.Fatalf("%d polls after all found nothing, want %d", p.polls, want)
		}
	}
	if _, err := p.wait(yieldThreshold); err != nil {
		t.Fatal(err)
	}
	if p.polls != 1 {
		t.Errorf("%d polls, want 1 at least", p.polls)
	}
}
