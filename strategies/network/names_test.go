package network

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestResolveRemembersNamesForTheirLifetime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := New(time.Second, 300*time.Second)
		first, err := n.Resolve(context.Background(), "127.0.0.1")
		if err != nil || len(first) != 1 || first[0] != "127.0.0.1" {
			t.Fatalf("got %v, %v", first, err)
		}
		n.names.entries["127.0.0.1"].addresses = []string{"192.0.2.1", "192.0.2.2"} // to tell the cache from a new lookup
		n.Prefer("127.0.0.1", "192.0.2.2")
		time.Sleep(299 * time.Second)
		if got, _ := n.Resolve(context.Background(), "127.0.0.1"); len(got) != 2 || got[0] != "192.0.2.2" {
			t.Errorf("within the lifetime got %v, want the addresses remembered, the one that answered first", got)
		}
		time.Sleep(2 * time.Second)
		if got, _ := n.Resolve(context.Background(), "127.0.0.1"); len(got) != 1 || got[0] != "127.0.0.1" {
			t.Errorf("after the lifetime got %v, want a new answer", got)
		}
	})
}

func TestPreferIgnoresAnAddressThatTheHostNoLongerHas(t *testing.T) {
	for _, addresses := range [][]string{nil, {"192.0.2.1", "192.0.2.2"}} {
		n := New(time.Second, time.Hour)
		n.Remember("host", addresses, time.Hour)
		n.Prefer("host", "192.0.2.3")
		if got := strings.Join(n.names.entries["host"].addresses, " "); got != strings.Join(addresses, " ") {
			t.Errorf("got %s, want %v", got, addresses)
		}
	}
}
