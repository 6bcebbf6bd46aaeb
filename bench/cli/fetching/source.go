// Package fetching connects package fetch with the command line: where the jobs come from, which limit is meant, what is shown, and
// the run that is saved.
package fetching

import (
	"errors"
	"io"
	"iter"
	"math"
	"os"
	"strings"

	"sweetspot/bench"
	"sweetspot/bench/fetch"
	"sweetspot/results/input"
)

// Standard is the name of the file that stands for the standard input, or the standard output.
const Standard = "-"

// Template returns the source of a URL, or of a template of URLs. The text identifies it; it differs from the URL if that is one on
// the bundled server, whose port changes.
func Template(url, text string) (fetch.Source, error) {
	urls, err := bench.ParseURL(url)
	if err != nil {
		return nil, err
	}
	return fetch.FromURLs(urls, text), nil
}

// File returns the source that is a file, or the standard input, and what closes it. What is no regular file is copied to a temporary
// one first, since it is read twice.
func File(path string, stdin io.Reader, skipBad bool) (*fetch.List, io.Closer, error) {
	file, size, err := open(path, stdin)
	if err != nil {
		return nil, nil, errors.New(strings.TrimPrefix(err.Error(), path+": ")) // the caller names the path
	}
	list, err := fetch.OpenList(file, size, skipBad)
	if err != nil {
		_ = file.Close() // which nothing was written to
		return nil, nil, err
	}
	return list, file, nil
}

// open opens a file that can be read from any place.
func open(path string, stdin io.Reader) (*os.File, int64, error) {
	if path == Standard {
		return fetch.Spool(stdin)
	}
	from, err := input.Open(path, math.MaxInt64)
	if err != nil {
		return nil, 0, err
	}
	defer from.Close()
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return fetch.Spool(from)
	}
	file, err := os.Open(path)
	return file, info.Size(), err
}

// Addresses returns the URLs of a source in their order, up to the first that cannot be read.
func Addresses(source fetch.Source) iter.Seq[string] {
	return func(yield func(string) bool) {
		var at fetch.Place
		for range source.Len() {
			job, next, err := source.Job(at)
			if err != nil || !yield(job.URL) {
				return
			}
			at = next
		}
	}
}
