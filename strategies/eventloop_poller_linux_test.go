package strategies

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

func TestAPollerWaitsUntilSomethingHappensOrTimeIsUp(t *testing.T) {
	for _, test := range []struct {
		name      string
		most      time.Duration
		ring      time.Duration // after which the bell rings; negative is never
		least     time.Duration
		happening bool
	}{
		{"nothing happens in a short time", 3 * time.Millisecond, -1, 3 * time.Millisecond, false},
		{"nothing happens in less than the clock tells", time.Nanosecond, -1, time.Nanosecond, false},
		{"nothing happens in a long time", calm + time.Millisecond, -1, calm + time.Millisecond, false},
		{"there is no time", 0, -1, 0, false},
		{"time has been up", -time.Second, -1, 0, false},
		{"it has happened", never, 0, 0, true},
		{"it happens soon", never, 10 * time.Millisecond, 10 * time.Millisecond, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := openPoller(t)
			began := time.Now()
			if test.ring == 0 {
				p.ring()
			} else if test.ring > 0 {
				rings := time.AfterFunc(test.ring, p.ring)
				defer rings.Stop()
			}
			var events []unix.EpollEvent
			for first := true; first || len(events) == 0 && (test.happening || time.Since(began) < test.least); first = false {
				var err error
				if events, err = p.wait(test.most); err != nil { // which signals of the runtime's cut short
					t.Fatal(err)
				}
			}
			if happening := len(events) == 1 && int(events[0].Fd) == p.bell; happening != test.happening {
				t.Errorf("got events %v, want the bell's: %v", events, test.happening)
			}
			if took := time.Since(began); took < test.least {
				t.Errorf("returned after %v, want %v or more", took, test.least)
			}
		})
	}
}

func TestAPollerLooksAgainAsOftenAsThatPays(t *testing.T) {
	p := openPoller(t)
	// On one processor the goroutine that rings runs when the poller gives way, unless this one is stopped just before.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for tries := 0; p.looks < mostLooks && tries < 100; tries++ {
		go p.ring()
		if _, err := p.wait(never); err != nil {
			t.Fatal(err)
		}
	}
	if p.looks != mostLooks {
		t.Fatalf("%d looks after they paid, want %d", p.looks, mostLooks)
	}
	for want := mostLooks / 2; want > 0; want /= 2 {
		if _, err := p.wait(calm); err != nil {
			t.Fatal(err)
		}
		if p.looks != want {
			t.Fatalf("%d looks after all were in vain, want %d", p.looks, want)
		}
	}
	if _, err := p.wait(calm); err != nil {
		t.Fatal(err)
	}
	if p.looks != 1 {
		t.Errorf("%d looks, want 1 at least", p.looks)
	}
}
