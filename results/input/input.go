// Package input opens files that a user names. A name may be that of a device that never ends, of a pipe that nobody writes to,
// or of a file far too large: opening and reading then end with an error, instead of taking all memory or waiting for ever.
package input

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"
)

// A File is a regular file or a pipe that is read up to a limit.
type File struct {
	file *os.File
	pipe bool
	most int64 // bytes
	read int64
}

// silence is how long a pipe may send nothing.
const silence = 30 * time.Second

// Open opens a regular file or a pipe for reading at most that many bytes: reading more is an error. The errors of Open and Read
// name the path and say what is wanted.
func Open(path string, most int64) (*File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, named(path, err)
	}
	f := &File{most: most, pipe: info.Mode()&fs.ModeNamedPipe != 0}
	mode := os.O_RDONLY
	switch {
	case info.IsDir():
		return nil, fmt.Errorf("%s: a folder: want a file", path)
	case f.pipe:
		mode |= syscall.O_NONBLOCK // to open a pipe does not wait for its writer
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s: a device: want a file or a pipe", path)
	case info.Size() > most:
		return nil, f.tooLarge(path)
	}
	if f.file, err = os.OpenFile(path, mode, 0); err != nil {
		return nil, named(path, err)
	}
	return f, nil
}

// Read implements [io.Reader]. A pipe that sends nothing for 30 s is an error.
func (f *File) Read(to []byte) (int, error) {
	if f.pipe {
		_ = f.file.SetReadDeadline(time.Now().Add(silence)) // the standard input may not support it
	}
	n, err := f.file.Read(to)
	f.read += int64(n)
	switch {
	case f.read > f.most:
		return 0, f.tooLarge(f.file.Name())
	case errors.Is(err, os.ErrDeadlineExceeded):
		return n, fmt.Errorf("%s: the pipe has sent nothing for %v", f.file.Name(), silence)
	case err != nil && !errors.Is(err, io.EOF):
		return n, named(f.file.Name(), err)
	}
	return n, err
}

// Close closes the file.
func (f *File) Close() error { return f.file.Close() }

func (f *File) tooLarge(path string) error {
	return fmt.Errorf("%s: larger than %d MiB, the most that is read", path, f.most>>20)
}

// named returns the error with the path before it, in place of the operation and the path that package os puts there.
func named(path string, err error) error {
	if failed := (*fs.PathError)(nil); errors.As(err, &failed) {
		err = failed.Err
	}
	return fmt.Errorf("%s: %w", path, err)
}

// ReadAll returns what the file has, at most that many bytes: see [Open].
func ReadAll(path string, most int64) ([]byte, error) {
	f, err := Open(path, most)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}
