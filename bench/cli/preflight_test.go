package cli

import (
	"testing"

	"sweetspot/bench"
)

func TestThisMachineIsToldFromOthersWithoutAskingThem(t *testing.T) {
	for _, test := range []struct {
		urls bench.List
		want bool
	}{
		{bench.List{"http://127.0.0.1:8080/"}, true},
		{bench.List{"https://[::1]/"}, true},
		{bench.List{"http://127.9.8.7/", "http://localhost/"}, true},
		{bench.List{"http://192.0.2.1/"}, false}, // TEST-NET-1, which is nobody's
		{bench.List{"http://127.0.0.1/", "http://[2001:db8::1]:8080/"}, false},
	} {
		if got := local(test.urls); got != test.want {
			t.Errorf("%v: this machine %v, want %v", test.urls, got, test.want)
		}
	}
}
