//go:build unix

package input_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"sweetspot/results/input"
)

func TestReadAllOfDevicesAndPipesEnds(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if text, err := input.ReadAll(pipe, 1); len(text) > 0 || err != nil {
		t.Errorf("a pipe without a writer: got %q, %v", text, err)
	}
	if _, err := input.ReadAll("/dev/zero", 1); err == nil || !strings.Contains(err.Error(), "/dev/zero: a device: want a file") {
		t.Errorf("a device: got %v", err)
	}
}

func TestReadAllReadsAPipe(t *testing.T) {
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	go func() {
		_, _ = writer.WriteString("through ")
		_, _ = writer.WriteString("a pipe")
		_ = writer.Close()
	}()
	path := fmt.Sprintf("/dev/fd/%d", reader.Fd())
	if text, err := input.ReadAll(path, 14); string(text) != "through a pipe" || err != nil {
		t.Errorf("got %q, %v", text, err)
	}
}

func TestReadAllOfAPipeStopsAtTheLimit(t *testing.T) {
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	go func() { // until the reader closes
		for {
			if _, err := writer.Write(make([]byte, 1<<16)); err != nil {
				return
			}
		}
	}()
	if _, err := input.ReadAll(fmt.Sprintf("/dev/fd/%d", reader.Fd()), 1<<20); err == nil || !strings.Contains(err.Error(), "larger than 1 MiB") {
		t.Errorf("got %v, want the limit", err)
	}
}
