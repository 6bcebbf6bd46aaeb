package network

import (
	"errors"
	"net"
	"testing"
	"time"
)

func TestHabitIsSeenAfterThreeConnectionsInARow(t *testing.T) {
	var h Habit
	for i := range closedInARow {
		if h.Avoids() {
			t.Errorf("avoided after %d connections", i)
		}
		h.Notice(0)
	}
	probes := 0
	for range 3 * (probeAfter + 1) {
		if !h.Avoids() {
			probes++
		}
	}
	if probes != 3 {
		t.Errorf("%d probes in %d requests, want one in each %d", probes, 3*(probeAfter+1), probeAfter+1)
	}
	if h.Kept(); h.Avoids() {
		t.Error("avoided although the probe got an answer")
	}
}

func TestConnectionsThatWereIdleForLongSayNothingOfTheServersHabit(t *testing.T) {
	var h Habit
	for range 2 * closedInARow {
		h.Notice(rightAfter)
	}
	if h.Avoids() {
		t.Error("avoided")
	}
}

func TestConnToAServerThatClosesAfterEachAnswerGetsOneRequest(t *testing.T) {
	address, accepted := acceptor(t)
	n := New(5*time.Second, 300*time.Second)
	for i := range closedInARow + 1 {
		conn, err := n.Dial(t.Context(), address, Options{})
		if err != nil {
			t.Fatal(err)
		}
		server := (<-accepted).(*net.TCPConn)
		if _, err := exchange(t, conn, server, response); err != nil {
			t.Fatal(err)
		}
		if i == closedInARow { // it has not closed this one yet
			wantStale(t, conn)
			return
		}
		server.Close()
		if _, err := conn.Read(make([]byte, 1)); err == nil || errors.Is(err, net.ErrClosed) {
			t.Fatalf("read: %v, want the end", err)
		}
		conn.Close()
	}
}
