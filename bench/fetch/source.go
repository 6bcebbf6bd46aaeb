package fetch

import (
	"crypto/sha256"
	"encoding/hex"
)

// A Source is a list of jobs, which is read in its order, from any place in it. One goroutine at a time uses it.
type Source interface {
	// Len returns how many jobs there are.
	Len() int64
	// Digest returns a text that is the same for the same list only.
	Digest() string
	// Varied reports whether a job may have a message of its own.
	Varied() bool
	// Job returns the job at a place, and the place of the next. The first job is at place 0.
	Job(at Place) (Job, Place, error)
}

// A Place is where a job stands in its Source.
type Place int64

// URLs are addresses that are made when they are asked for, such as a template's. At must return the same for the same index.
type URLs interface {
	Len() int64
	At(i int64) string
}

// FromURLs returns the source of the URLs, which are right as [strategies.CheckURL] has it. The text, such as the template,
// identifies them.
func FromURLs(urls URLs, text string) Source { return generated{urls, text} }

type generated struct {
	URLs
	text string
}

func (g generated) Varied() bool   { return false }
func (g generated) Digest() string { return digestOf([]byte(g.text)) }

func (g generated) Job(at Place) (Job, Place, error) {
	return Job{URL: g.At(int64(at))}, at + 1, nil
}

func digestOf(text []byte) string {
	sum := sha256.Sum256(text)
	return formatDigest(sum[:])
}

func formatDigest(sum []byte) string { return "sha256:" + hex.EncodeToString(sum) }
