//go:build unix

package cli_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Where no limit has room, lowering the limit is no advice.
func TestTooFewOpenFilesAskForMore(t *testing.T) {
	for _, args := range [][]string{{"bench", "-s", "pool"}, {"sweep", "-s", "pool", "--max", "60"}, {"sweep", "-s", "pool"}} {
		limited := append([]string{"-c", `ulimit -n 64 && exec "$0" "$@"`, os.Args[0]}, args...)
		said, err := exec.Command("sh", append(limited, "http://127.0.0.1:1/")...).CombinedOutput()
		if err == nil || !strings.Contains(string(said), "the limit on open files is 64: want a 'ulimit -n' of at least ") {
			t.Errorf("%v: %v: %s", args, err, said)
		}
	}
}
