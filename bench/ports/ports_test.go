package ports

import (
	"strings"
	"testing"
	"time"
)

func TestSupplyDependsOnRangeAndReuse(t *testing.T) {
	for _, c := range []struct {
		portRange, reuse string
		local            bool
		want             Supply
	}{
		{"32768\t60999\n", "2\n", false, Supply{28232, Lifetime}},
		{"32768\t60999\n", "2\n", true, Supply{28232, time.Second}},
		{"32768\t60999\n", "1\n", false, Supply{28232, time.Second}},
		{"40000\t40099\n", "0\n", true, Supply{100, Lifetime}},
		{"40000\t40099\n", "", true, Supply{100, Lifetime}},
	} {
		if got, err := supply(c.portRange, c.reuse, c.local); err != nil || got != c.want {
			t.Errorf("%+v: got %+v, %v", c, got, err)
		}
	}
	if _, err := supply("none", "", false); err == nil {
		t.Error("want an error for a text without ports")
	}
}

func TestWaitingCountsClosedConnectionsToThePort(t *testing.T) {
	const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid
   0: 0100007F:9C40 0100007F:1F90 06 00000000:00000000 03:00000A2B 00000000     0
   1: 0100007F:9C41 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0
   2: 0100007F:9C42 0100007F:1F91 06 00000000:00000000 03:00000A2B 00000000     0
   3: 0100007F:1F90 0100007F:9C43 06 00000000:00000000 03:00000A2B 00000000     0
   4: 0000000000000000FFFF00000100007F:9C44 0000000000000000FFFF00000100007F:1F90 06 00000000:00000000 03:00000A2B 00000000
`
	if got := waiting(strings.NewReader(table), 8080); got != 2 {
		t.Errorf("got %d, want the 2 to port 8080", got)
	}
}

func TestOfIsThePortOfAURL(t *testing.T) {
	for url, want := range map[string]int{
		"http://a/b:9": 80, "https://a": 443, "http://a:8080/": 8080, "http://[::1]/": 80, "http://[::1]:81/x": 81, "http://u:p@a:82/": 82, "x": 0,
	} {
		if got := Of(url); got != want {
			t.Errorf("%s: got %d, want %d", url, got, want)
		}
	}
}
