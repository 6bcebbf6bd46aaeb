package fetch

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"time"
)

// When lines are written.
const (
	syncInterval = time.Second
	mostLines    = 8 << 20 // bytes that may wait to be written; then no request is started, and no body is kept, until some are
)

// append adds the line of a job, which lacks its end, and its record in the WARC file, if it has one.
func (s *Store) append(line, record []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return
	}
	if len(record) > 0 {
		line = appendMember(line, "warc", s.warc.add(record))
	}
	s.lines = append(append(s.lines, line...), "}\n"...)
	select {
	case s.more <- struct{}{}:
	default:
	}
}

// fail notes the first error. The caller holds the lock.
func (s *Store) fail(err error) {
	if s.err == nil {
		s.err = err
		close(s.failed)
	}
}

// Err returns the first error of writing, nil if there was none.
func (s *Store) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// busy reports whether nothing should be added, because enough waits to be written already.
func (s *Store) busy() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unwritten()+s.writing > mostLines && s.err == nil
}

// unwritten returns how many bytes wait to be written. The caller holds the lock.
func (s *Store) unwritten() int {
	if s.warc == nil {
		return len(s.lines)
	}
	return len(s.lines) + len(s.warc.records)
}

// write writes lines until the store is closed. It writes them as soon as it can, those together that have come since it last did: so
// a process that is killed loses hardly more than what was in flight.
func (s *Store) write() {
	for {
		select {
		case <-s.more:
			s.flush()
		case <-s.stop:
			s.flush()
			return
		}
	}
}

// syncing syncs until the store is closed. It does not hold up those who write.
func (s *Store) syncing() {
	tick := time.NewTicker(syncInterval)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			s.sync()
		case <-s.stop:
			return
		}
	}
}

// flush writes what waits: first the records, then the lines that say where they are. If that fails, the file is cut after the last
// whole line.
func (s *Store) flush() {
	s.mu.Lock()
	lines, records := s.lines, []byte(nil)
	s.writing, s.lines = s.unwritten(), s.free[:0]
	if s.warc != nil {
		records, s.warc.records = s.warc.records, nil
	}
	failed := s.err != nil
	s.mu.Unlock()
	var err error
	if len(records) > 0 && !failed {
		err = s.warc.write(records)
	}
	if len(lines) > 0 && !failed && err == nil {
		err = s.writeLines(lines)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.free, s.writing = lines, 0; cap(s.free) > mostLines {
		s.free = nil
	}
	if err != nil {
		s.fail(err)
	}
}

func (s *Store) writeLines(lines []byte) error {
	n, err := s.stream.Write(lines)
	if err != nil && s.file != nil {
		n = bytes.LastIndexByte(lines[:n], '\n') + 1
		err = errors.Join(err, s.file.Truncate(s.size+int64(n)))
	}
	s.size += int64(n)
	return err
}

// sync brings what was written to the disk, and checks that the file is still where it was.
func (s *Store) sync() {
	if s.file == nil {
		return
	}
	var err error
	if s.warc != nil {
		err = s.warc.file.Sync()
	}
	if err == nil {
		err = s.file.Sync()
	}
	if err == nil {
		err = s.present()
	}
	if err != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.fail(err)
	}
}

// present returns an error if the file is no longer where it was created: a removed file takes what is written, and loses it.
func (s *Store) present() error {
	own, err := s.file.Stat()
	if err != nil {
		return err
	}
	if there, err := os.Stat(s.path); err != nil || !os.SameFile(own, there) {
		return fmt.Errorf("%s: the file was removed or replaced", s.path)
	}
	return nil
}

// Close writes what waits, syncs it and closes the files. It returns the first error of the store. A second call does nothing.
func (s *Store) Close() error {
	s.once.Do(func() {
		close(s.stop)
		s.working.Wait()
		s.sync()
		var errs []error
		if s.file != nil {
			errs = append(errs, s.file.Close())
		}
		if s.warc != nil {
			errs = append(errs, s.warc.file.Close())
		}
		if s.state != nil {
			errs = append(errs, s.state.close())
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if err := errors.Join(errs...); err != nil {
			s.fail(err)
		}
	})
	return s.Err()
}

// mostAwaited is how long an answer waits for the disk: then it is kept in memory.
const mostAwaited = 5 * time.Second

// await waits until less waits to be written.
func (s *Store) await() {
	for until := time.Now().Add(mostAwaited); s.busy() && time.Now().Before(until); {
		time.Sleep(time.Millisecond)
	}
}
