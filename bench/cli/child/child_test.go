package child_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"sweetspot/bench/cli/child"
)

// asChild makes the test binary, when it is started again, do what its first argument says.
const asChild = "SWEETSPOT_TEST_AS_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(asChild) == "" {
		_ = os.Setenv(asChild, "1")
		os.Exit(m.Run())
	}
	if !slices.Contains(os.Args, "--"+child.Flag) {
		os.Exit(3)
	}
	switch os.Args[1] {
	case "obey":
		fmt.Println("ready")
		ctx, cancel := child.WithParent(context.Background(), os.Stdin)
		defer cancel()
		<-ctx.Done()
		fmt.Fprintln(os.Stderr, "over")
	case "fail":
		fmt.Fprintln(os.Stderr, "it cannot be done")
		os.Exit(1)
	case "stay":
		select {}
	}
	os.Exit(0)
}

const plenty = time.Minute // nobody waits that long

func TestStopEndsAProcessByItsStandardInput(t *testing.T) {
	var stdout, stderr bytes.Buffer
	p, err := child.Start(&stdout, &stderr, "obey")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Stop(plenty); err != nil || stdout.String() != "ready\n" || stderr.String() != "over\n" {
		t.Errorf("got %v, stdout %q, stderr %q", err, &stdout, &stderr)
	}
	if err := p.Stop(plenty); err != nil {
		t.Errorf("once more: %v", err)
	}
}

func TestStopKillsAProcessThatStays(t *testing.T) {
	p, err := child.Start(nil, nil, "stay")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Stop(10 * time.Millisecond); err == nil {
		t.Error("no error, want that it was killed")
	}
}

func TestEndedIsClosedWhenAProcessFails(t *testing.T) {
	var stderr bytes.Buffer
	p, err := child.Start(nil, &stderr, "fail")
	if err != nil {
		t.Fatal(err)
	}
	defer p.Stop(0)
	<-p.Ended()
	if p.Err() == nil || stderr.String() != "it cannot be done\n" {
		t.Errorf("got %v, stderr %q", p.Err(), &stderr)
	}
}
