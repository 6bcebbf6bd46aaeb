package cli

import (
	"testing"

	"sweetspot/bench"
	"sweetspot/strategies"
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

func TestTheLargestLimitFitsTheOpenFilesUnlessItIsAskedFor(t *testing.T) {
	files, err := raiseFiles()
	if err != nil {
		t.Fatal(err)
	}
	all := strategies.Named()
	far := bench.Sweep{Min: 1, Max: 1 << 40}
	if warnings := lowerMax(newSweepCommand(), &far, all); far.Max != roomFor(files, all) || len(warnings) != 1 {
		t.Errorf("largest limit %d, warnings %q; want %d and one", far.Max, warnings, roomFor(files, all))
	}
	asked, command := bench.Sweep{Min: 1, Max: 1 << 40}, newSweepCommand()
	if err := command.Flags().Set("max", "1000000"); err != nil {
		t.Fatal(err)
	}
	if warnings := lowerMax(command, &asked, all); asked.Max != 1<<40 || len(warnings) != 0 {
		t.Errorf("largest limit %d, warnings %q; want it left to be refused", asked.Max, warnings)
	}
}
