// Package build says from what the program was built.
package build

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
)

// Set by the linker in a release: see .goreleaser.yaml. Otherwise they are empty, and what the Go tool recorded counts.
var version, commit, date string

// An Info says from what the program was built. Commit and Date are empty if they are not known.
type Info struct {
	Version  string // such as v1.2.3; (devel) from a checkout without a tag
	Commit   string // of the version control system
	Date     string // of the commit: RFC 3339, UTC
	Modified bool   // whether there were changes that were not committed
	Go       string // the version of Go
	Platform string // such as linux/amd64
}

// Describe returns from what this program was built.
func Describe() Info {
	info := Info{Version: version, Commit: commit, Date: date, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	built, ok := debug.ReadBuildInfo()
	if !ok {
		info.Version = cmp.Or(info.Version, "unknown")
		return info
	}
	info.Version = cmp.Or(info.Version, built.Main.Version, "unknown")
	for _, s := range built.Settings {
		switch s.Key {
		case "vcs.revision":
			info.Commit = cmp.Or(info.Commit, s.Value)
		case "vcs.time":
			info.Date = cmp.Or(info.Date, s.Value)
		case "vcs.modified":
			info.Modified = s.Value == "true"
		}
	}
	return info
}

// Exact returns the version with all that tells it from another build, in one line: two programs for which it is the same are the same.
func (i Info) Exact() string {
	words := i.Version
	if i.Commit != "" {
		words += " " + i.Commit
	}
	if i.Modified {
		words += " with changes"
	}
	return words
}

// String returns the information in words, a line each.
func (i Info) String() string {
	words := "sweetspot " + i.Version + "\n"
	if i.Commit != "" {
		words += "commit " + i.Commit
		if i.Modified {
			words += " with changes"
		}
		if i.Date != "" {
			words += " of " + i.Date
		}
		words += "\n"
	}
	return words + fmt.Sprintf("built with %s for %s\n", i.Go, i.Platform)
}
