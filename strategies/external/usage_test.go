package external

import (
	"os/exec"
	"runtime"
	"testing"
	"time"
)

// burn is a shell script that uses processor time in a child that ends, and then in one that never ends.
const burn = `(i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done); while :; do :; done & wait`

func TestProcessUsageIncludesChildren(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only on Linux is the usage of another process known")
	}
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip(err)
	}
	p, err := startProcess([]string{"sh", "-c", burn})
	if err != nil {
		t.Fatal(err)
	}
	var used usage
	for deadline := time.Now().Add(30 * time.Second); used.cpu < 500*time.Millisecond; time.Sleep(20 * time.Millisecond) {
		now := p.usage()
		if now.cpu < used.cpu || now.memory < used.memory {
			t.Fatalf("%+v after %+v", now, used)
		}
		if used = now; time.Now().After(deadline) {
			t.Fatalf("only %v of processor time after 30 s", used.cpu)
		}
	}
	if used.memory < 1<<18 || used.memory > 1<<30 {
		t.Errorf("%d bytes of memory", used.memory)
	}
	if byItself, _ := p.stop(0); byItself {
		t.Error("it ended by itself")
	}
	if after := p.usage(); after.cpu < used.cpu {
		t.Errorf("%v once it has ended, %v before", after.cpu, used.cpu)
	}
	_, _ = p.input.Close(), p.output.Close()
}

func TestTailKeepsTheLastLines(t *testing.T) {
	for _, test := range []struct {
		writes []string
		want   string
	}{
		{nil, ""},
		{[]string{"one\n", "\n two", " words \r\n"}, "one | two words"},
		{[]string{"1\n2\n3\n4\n5\n6\n7"}, "3 | 4 | 5 | 6 | 7"},
		{[]string{"\xff\n"}, "?"},
	} {
		var kept tail
		for _, text := range test.writes {
			if n, err := kept.Write([]byte(text)); n != len(text) || err != nil {
				t.Errorf("writing %q gave %d, %v", text, n, err)
			}
		}
		if got := kept.lines(); got != test.want {
			t.Errorf("%q: got %q, want %q", test.writes, got, test.want)
		}
	}
	var kept tail
	for range 100 {
		_, _ = kept.Write(make([]byte, 10_000))
	}
	if len(kept.text) > tailBytes || cap(kept.text) > 4*tailBytes {
		t.Errorf("it holds %d bytes in %d", len(kept.text), cap(kept.text))
	}
}
