package fleet

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

// A content stands in a message for bytes that may be too many for one: a list of URLs, or a measurement. Who gets the message asks who
// has sent it for the bytes, in pieces, unless it has them already.
type content struct {
	Hash string `json:"hash"` // SHA-256 of the bytes
	Size int64  `json:"size"`
	Data []byte `json:"data,omitempty"` // the bytes themselves, if they are few
}

// The sizes of contents, in bytes.
const (
	fewBytes    = 32 << 10 // that go with the message
	largestSize = 1 << 30
)

func (c content) check() error {
	switch {
	case len(c.Hash) != hex.EncodedLen(sha256.Size):
		return errors.New("content: no hash")
	case c.Size < 0 || c.Size > largestSize:
		return fmt.Errorf("content: %d bytes: want at most %d", c.Size, largestSize)
	}
	return nil
}

// verify returns an error unless the bytes are those of the content.
func (c content) verify(data []byte) error {
	if hashOf(data) != c.Hash {
		return errors.New("content: other bytes than were announced")
	}
	return nil
}

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// contents are the latest contents of a machine, its own and those of others.
type contents struct {
	link *link
	own  string // the machine's instance, at which it is asked for them

	mu     sync.Mutex
	latest []stored // the oldest first
}

type stored struct {
	hash string
	data []byte
}

// mostContents is how many are kept: those of the trials of a few loads, and the measurements of the latest trials.
const mostContents = 16

// serve answers those who ask for pieces.
func (c *contents) serve() error {
	return listen(c.link, func(p piece, m *nats.Msg) {
		data, _ := c.get(p.Hash)
		from := min(p.From, int64(len(data)))
		_ = m.Respond(data[from:min(from+c.pieceSize(), int64(len(data)))])
	}, c.own, "content")
}

// A piece is a question for a part of a content. The answer is the bytes from there on, as many as fit into a message; none if it is not
// there.
type piece struct {
	Hash string `json:"hash"`
	From int64  `json:"from"`
}

func (p piece) check() error {
	if p.From < 0 {
		return errors.New("piece: want one from 0 on")
	}
	return nil
}

// pieceSize returns how many bytes fit into a message.
func (c *contents) pieceSize() int64 { return max(1, c.link.conn.MaxPayload()/2) }

// put keeps bytes and returns what stands for them in messages.
func (c *contents) put(data []byte) content {
	of := content{Hash: hashOf(data), Size: int64(len(data))}
	if len(data) <= fewBytes {
		of.Data = data
		return of
	}
	c.keep(of.Hash, data)
	return of
}

// keep keeps bytes as the latest.
func (c *contents) keep(hash string, data []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drop(hash)
	if len(c.latest) == mostContents {
		c.latest = slices.Delete(c.latest, 0, 1)
	}
	c.latest = append(c.latest, stored{hash, data})
}

// get returns bytes that are kept, which are the latest then.
func (c *contents) get(hash string) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	found, is := c.drop(hash)
	if is {
		c.latest = append(c.latest, found)
	}
	return found.data, is
}

// drop removes bytes, if they are kept. The caller holds mu.
func (c *contents) drop(hash string) (stored, bool) {
	i := slices.IndexFunc(c.latest, func(s stored) bool { return s.hash == hash })
	if i < 0 {
		return stored{}, false
	}
	s := c.latest[i]
	c.latest = slices.Delete(c.latest, i, i+1)
	return s, true
}

// has reports whether others can get the content from here.
func (c *contents) has(of content) bool {
	if of.Size == int64(len(of.Data)) {
		return true
	}
	_, kept := c.get(of.Hash)
	return kept
}

// fetch returns the bytes of a content of another machine. It tries until ctx ends.
func (c *contents) fetch(ctx context.Context, from string, of content) ([]byte, error) {
	if of.Size == int64(len(of.Data)) {
		return of.Data, of.verify(of.Data)
	}
	if data, kept := c.get(of.Hash); kept {
		return data, nil
	}
	var data []byte
	for int64(len(data)) < of.Size {
		next, err := c.ask(ctx, from, piece{of.Hash, int64(len(data))})
		switch {
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case err != nil:
			if err := pause(ctx, askAgain); err != nil {
				return nil, context.Cause(ctx)
			}
		case len(next) == 0:
			return nil, errors.New("content: it is not kept any more")
		}
		data = append(data, next...)
	}
	if err := of.verify(data); err != nil {
		return nil, err
	}
	c.keep(of.Hash, data)
	return data, nil
}

// How long a piece is waited for, which may be large, and how soon a question that found nobody is asked again.
const (
	pieceTime = 5 * time.Second
	askAgain  = 50 * time.Millisecond
)

func (c *contents) ask(ctx context.Context, from string, p piece) ([]byte, error) {
	question, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, pieceTime)
	defer cancel()
	answer, err := c.link.conn.RequestWithContext(ctx, c.link.subject(from, "content"), question)
	if err != nil {
		return nil, err
	}
	return answer.Data, nil
}
