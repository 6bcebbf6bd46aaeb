package fetch

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"

	"sweetspot/strategies"
	"sweetspot/strategies/lines"
)

// A List is a source that is a file with one job per line: a URL, or a JSON object with "url" and what else a [Job] has. Blank
// lines and lines that begin with # are skipped. Whatever its length, a List takes 2 MiB of memory.
type List struct {
	file    io.ReaderAt
	size    int64
	count   int64
	digest  string
	bad     int64 // lines that are skipped because they are wrong
	start   Place // after a byte order mark
	varied  bool
	buffers [chunks]chunk
}

// A chunk is a part of the file as it was read.
type chunk struct {
	from int64
	data []byte
}

// The file is read in chunks, of which some are kept: jobs of different hosts are read from different places.
const (
	chunks    = 64
	chunkSize = 32 << 10
	mostLine  = 16 << 20 // bytes: longer ones are an error, so that a file that is no list does not take all memory
)

// mostBad is how many wrong lines are named.
const mostBad = 20

// OpenList checks every line of a file of that many bytes. Lines that are wrong are an error that names the first 20 of them, or
// are skipped if skipBad is set: see [List.Bad]. The file must not change as long as the List is used.
func OpenList(file io.ReaderAt, size int64, skipBad bool) (*List, error) {
	l := &List{file: file, size: size}
	var errs []error
	hash := sha256.New()
	number := int64(0)
	begin, _, err := l.line(0)
	if err == nil && bytes.HasPrefix(begin, []byte("\ufeff")) {
		l.start = Place(len("\ufeff"))
	}
	for at := l.start; ; {
		line, next, taken, err := l.entry(at)
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", number+1, err)
		}
		first := number + 1
		number += taken
		at = next
		if lines.Skipped(line) {
			continue
		}
		job, err := checkedJob(line)
		if err != nil {
			l.bad++
			if len(errs) < mostBad {
				errs = append(errs, fmt.Errorf("line %d: %w", first, err))
			}
			continue
		}
		l.varied = l.varied || job.Message != nil
		l.count++
		hash.Write(line)
		hash.Write([]byte{'\n'})
	}
	l.digest = formatDigest(hash.Sum(nil))
	if l.bad > mostBad {
		errs = append(errs, fmt.Errorf("and %d more lines that are wrong", l.bad-mostBad))
	}
	if l.bad > 0 && !skipBad {
		return nil, errors.Join(errs...)
	}
	if l.count == 0 {
		return nil, errors.New("no URL in it: want one per line")
	}
	return l, nil
}

func checkedJob(line []byte) (Job, error) {
	job, err := parseJob(line)
	if err == nil {
		err = strategies.CheckURL(job.URL)
	}
	return job, err
}

// Len implements [Source].
func (l *List) Len() int64 { return l.count }

// Digest implements [Source]. It does not depend on what is skipped.
func (l *List) Digest() string { return l.digest }

// Bad returns how many lines are skipped because they are wrong.
func (l *List) Bad() int64 { return l.bad }

// Varied implements [Source].
func (l *List) Varied() bool { return l.varied }

// Job implements [Source].
func (l *List) Job(at Place) (Job, Place, error) {
	at = max(at, l.start)
	for {
		line, next, _, err := l.entry(at)
		if err != nil {
			return Job{}, at, fmt.Errorf("the list has changed while it was read: %w", err)
		}
		at = next
		if lines.Skipped(line) {
			continue
		}
		job, err := parseJob(line)
		if err == nil && l.bad > 0 {
			err = strategies.CheckURL(job.URL)
		}
		if err == nil {
			return job, next, nil
		}
		if l.bad == 0 {
			return Job{}, at, fmt.Errorf("the list has changed while it was read: %w", err)
		}
	}
}

// entry returns the line at a place, with those in which a command goes on, the place of the next, and how many lines it has taken.
// It is valid until the next call.
func (l *List) entry(at Place) (line []byte, next Place, taken int64, err error) {
	line, next, err = l.line(at)
	for taken = 1; err == nil && lines.GoesOn(line); taken++ {
		var more []byte
		line = bytes.Clone(line)
		if more, next, err = l.line(next); err == io.EOF {
			return line, next, taken, nil
		}
		line = lines.Join(line, more)
	}
	return line, next, taken, err
}

// line returns the line at a place, without blanks around it, and the place of the next. It is valid until the next call.
func (l *List) line(at Place) ([]byte, Place, error) {
	if int64(at) >= l.size {
		return nil, at, io.EOF
	}
	var long []byte // of a line that goes on beyond a chunk
	for from := int64(at); ; {
		data, err := l.chunk(from)
		if err != nil {
			return nil, at, err
		}
		if end := bytes.IndexByte(data, '\n'); end >= 0 {
			next := Place(from + int64(end) + 1)
			if long == nil {
				return bytes.TrimSpace(data[:end]), next, nil
			}
			return bytes.TrimSpace(append(long, data[:end]...)), next, nil
		}
		if long = append(long, data...); len(long) > mostLine {
			return nil, at, fmt.Errorf("longer than %d MiB: want one URL per line", mostLine>>20)
		}
		if from += int64(len(data)); from >= l.size {
			return bytes.TrimSpace(long), Place(l.size), nil
		}
	}
}

// chunk returns the bytes from a place to the end of its chunk.
func (l *List) chunk(from int64) ([]byte, error) {
	number := from / chunkSize
	c := &l.buffers[number%chunks]
	if begin := number * chunkSize; c.data == nil || c.from != begin {
		if c.data == nil {
			c.data = make([]byte, 0, chunkSize)
		}
		n, err := l.file.ReadAt(c.data[:min(chunkSize, l.size-begin)], begin)
		if err != nil && (err != io.EOF || int64(n) < min(chunkSize, l.size-begin)) {
			c.data = nil
			return nil, err
		}
		c.from, c.data = begin, c.data[:n]
	}
	return c.data[from-c.from:], nil
}

// Spool copies what r sends to a temporary file, which has no name any more where the system permits that, so that it can be read
// twice. The caller closes it.
func Spool(r io.Reader) (file *os.File, size int64, err error) {
	file, err = os.CreateTemp("", "sweetspot-list-*")
	if err != nil {
		return nil, 0, err
	}
	_ = os.Remove(file.Name()) // where it cannot be removed while it is open, the system removes it some day
	if size, err = io.Copy(file, r); err != nil {
		return nil, 0, errors.Join(err, file.Close())
	}
	return file, size, nil
}
