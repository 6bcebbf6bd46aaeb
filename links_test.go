package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// link matches a link or a picture of a Markdown document, with where it leads.
var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// Every document leads somewhere: its relative links are files of this repository.
func TestDocumentsLinkToFiles(t *testing.T) {
	links := 0
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".md" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, found := range link.FindAllStringSubmatch(string(text), -1) {
			to, _, _ := strings.Cut(found[1], "#")
			if to == "" || strings.Contains(to, "://") {
				continue
			}
			links++
			if _, err := os.Stat(filepath.Join(filepath.Dir(path), filepath.FromSlash(to))); err != nil {
				t.Errorf("%s: %s is no file", path, found[1])
			}
		}
		return nil
	})
	if err != nil || links < 20 {
		t.Errorf("%d links found, want at least 20 (%v)", links, err)
	}
}
