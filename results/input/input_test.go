package input_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sweetspot/results/input"
)

func TestReadAllReadsUpToTheLimit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	if text, err := input.ReadAll(path, 1<<20); len(text) != 1<<20 || err != nil {
		t.Errorf("got %d bytes, %v, want all", len(text), err)
	}
	if _, err := input.ReadAll(path, 1<<20-1); err == nil || !strings.HasPrefix(err.Error(), path+": larger than ") {
		t.Errorf("got %v, want the limit", err)
	}
}

func TestReadAllNamesWhatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	if _, err := input.ReadAll(dir, 1); err == nil || err.Error() != dir+": a folder: want a file" {
		t.Errorf("a folder: got %v", err)
	}
	if _, err := input.ReadAll(dir+"/none", 1); !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), dir+"/none: ") {
		t.Errorf("no file: got %v", err)
	}
}
