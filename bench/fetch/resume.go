package fetch

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// written is what an output has already.
type written struct {
	done      *indexes
	succeeded int64
	failed    int64
	torn      int64 // bytes of a line without an end
	warcEnd   int64 // the end of the last record of the WARC file that a line has
	dropped   int64 // lines whose jobs are requested again
	size      int64 // of the whole lines, in bytes
}

// outputLine is what is read again of a line.
type outputLine struct {
	Index *int64          `json:"index"`
	Final bool            `json:"final"`
	WARC  *member         `json:"warc"`
	Error json.RawMessage `json:"error"`
}

// A member is where a record of the WARC file stands.
type member struct {
	Offset int64 `json:"offset"`
	Length int64 `json:"length"`
}

// read reads an output with that number of jobs. If keep is not nil, it is given every whole line in its order, and whether it counts: a
// line that does not is left out.
func readOutput(r io.Reader, jobs int64, again func(outputLine) bool, keep func(line []byte) error) (*written, error) {
	w := &written{done: newIndexes()}
	lines := bufio.NewReaderSize(r, 1<<20)
	for number := int64(1); ; number++ {
		line, err := readLine(lines)
		if err == io.EOF {
			w.torn = int64(len(line))
			return w, nil
		}
		if err != nil {
			return nil, err
		}
		l, err := parseOutputLine(line, jobs)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		w.size += int64(len(line))
		if l.WARC != nil {
			w.warcEnd = max(w.warcEnd, l.WARC.Offset+l.WARC.Length)
		}
		if again(l) {
			w.dropped++
			continue
		}
		if !w.done.add(*l.Index) {
			return nil, fmt.Errorf("line %d: a second line with the index %d", number, *l.Index)
		}
		if l.Error == nil {
			w.succeeded++
		} else {
			w.failed++
		}
		if keep != nil {
			if err := keep(line); err != nil {
				return nil, err
			}
		}
	}
}

// readLine returns the next line with its end. Its error is io.EOF if the end is missing.
func readLine(r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return line, err
	}
	long := bytes.Clone(line)
	for errors.Is(err, bufio.ErrBufferFull) {
		line, err = r.ReadSlice('\n')
		long = append(long, line...)
	}
	return long, err
}

var errForeign = errors.New("not a line of sweetspot fetch: want another -o")

func parseOutputLine(line []byte, jobs int64) (outputLine, error) {
	var l outputLine
	if err := json.Unmarshal(line, &l); err != nil || l.Index == nil || !l.Final {
		return l, errForeign
	}
	if *l.Index < 0 || *l.Index >= jobs {
		return l, fmt.Errorf("the index %d: want one of a list with %d URLs", *l.Index, jobs)
	}
	if l.WARC != nil && (l.WARC.Offset < 0 || l.WARC.Length < 0) {
		return l, errForeign
	}
	return l, nil
}

// readExisting reads the output of that name, if there is one. Where lines are dropped, it writes the file anew without them, and
// replaces it when that is on the disk.
func readExisting(path string, jobs int64, again func(outputLine) bool) (*written, error) {
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return &written{done: newIndexes()}, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	w, err := readOutput(file, jobs, again, nil)
	if err != nil || w.dropped == 0 {
		return w, named(path, err)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	return rewrite(path, file, jobs, again)
}

// rewrite writes an output anew without the lines whose jobs are requested again.
func rewrite(path string, from io.Reader, jobs int64, again func(outputLine) bool) (w *written, err error) {
	fresh, err := os.Create(path + ".new")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, fresh.Close(), os.Remove(fresh.Name()))
		}
	}()
	to := bufio.NewWriterSize(fresh, 1<<20)
	kept := int64(0)
	w, err = readOutput(from, jobs, again, func(line []byte) error {
		kept += int64(len(line))
		_, err := to.Write(line)
		return err
	})
	if err == nil {
		err = to.Flush()
	}
	if err == nil {
		err = fresh.Sync()
	}
	if err == nil {
		err = fresh.Close()
	}
	if err != nil {
		return nil, named(path, err)
	}
	w.size, w.torn = kept, 0
	return w, os.Rename(fresh.Name(), path)
}

// named returns an error with a path before it, unless it is nil or has one.
func named(path string, err error) error {
	var of *os.PathError
	if err == nil || errors.As(err, &of) {
		return err
	}
	return fmt.Errorf("%s: %w", path, err)
}
