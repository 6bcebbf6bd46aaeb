package fetch

import (
	"errors"
	"io"
	"os"
	"sync"
)

// A Store is where results are kept: lines of JSON in a file, and beside it, if that is wanted, bodies in files and a WARC file. It
// writes whole lines, and syncs them at least once a second. Any goroutine may use it.
type Store struct {
	path   string
	file   *os.File  // nil for a stream
	stream io.Writer // what is written to
	state  *state    // nil for a stream
	before written
	bodies string // a folder; empty to keep bodies in the lines
	warc   *warc  // nil without

	mu      sync.Mutex
	lines   []byte        // to be written
	free    []byte        // the buffer that was written last
	writing int           // bytes that are being written
	size    int64         // of the file, in bytes; only the writer uses it
	err     error         // the first of writing
	failed  chan struct{} // closed when there is one

	more    chan struct{}  // tells the writer that there is something to write
	stop    chan struct{}  // closed by Close
	working sync.WaitGroup // the goroutines that write and sync
	once    sync.Once
}

// StoreOptions say what is kept beside the lines.
type StoreOptions struct {
	Bodies      string // the folder for bodies; empty to keep them in the lines
	WARC        string // the WARC file; empty for none
	RetryFailed bool   // request again what failed
}

// OpenStore opens the output of that path for the results of the jobs of a source, and begins to write it. If it exists, it must be
// of the same source: its jobs are not requested again. A last line that is torn is cut off. Another process that writes to it is an
// error, which says so. Close must be called.
func OpenStore(path string, source Source, o StoreOptions) (*Store, error) {
	state, err := openState(path, source)
	if err != nil {
		return nil, err
	}
	s := &Store{path: path, bodies: o.Bodies, state: state}
	if err := s.open(source.Len(), o); err != nil {
		if s.file != nil {
			err = errors.Join(err, s.file.Close())
		}
		return nil, errors.Join(err, state.close())
	}
	s.begin()
	return s, nil
}

// open reads the output, and opens it to be written on.
func (s *Store) open(jobs int64, o StoreOptions) error {
	again := func(l outputLine) bool { return o.RetryFailed && l.Error != nil }
	before, err := readExisting(s.path, jobs, again)
	if err != nil {
		return err
	}
	s.before, s.size = *before, before.size
	if s.file, err = os.OpenFile(s.path, os.O_WRONLY|os.O_CREATE, 0o666); err != nil {
		return err
	}
	s.stream = s.file
	if err = s.file.Truncate(s.size); err == nil {
		_, err = s.file.Seek(s.size, io.SeekStart)
	}
	if err == nil {
		err = s.openOthers(o)
	}
	return err
}

// openOthers makes the folder for bodies, and opens the WARC file.
func (s *Store) openOthers(o StoreOptions) error {
	if o.Bodies != "" {
		if err := os.MkdirAll(o.Bodies, 0o777); err != nil {
			return err
		}
		probe, err := os.CreateTemp(o.Bodies, ".sweetspot-*")
		if err != nil {
			return err
		}
		if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
			return err
		}
	}
	if o.WARC == "" {
		return nil
	}
	end, ours := s.before.warcEnd, s.state.WARC == o.WARC
	if !ours {
		end = 0
	}
	var err error
	if s.warc, err = openWARC(o.WARC, end, ours); err != nil {
		return err
	}
	s.state.WARC = o.WARC
	return s.state.write()
}

// NewStream returns a store that writes lines to a stream, which cannot be resumed.
func NewStream(w io.Writer) *Store {
	s := &Store{stream: w, before: written{done: newIndexes()}}
	s.begin()
	return s
}

func (s *Store) begin() {
	s.failed, s.more = make(chan struct{}), make(chan struct{}, 1)
	s.stop = make(chan struct{})
	s.working.Go(s.write)
	s.working.Go(s.syncing)
}

// Before returns how many jobs had a result when the store was opened: how many of them succeeded, and failed for good.
func (s *Store) Before() (succeeded, failed int64) { return s.before.succeeded, s.before.failed }

// Again returns how many jobs have had a line that was taken out, since they are requested again.
func (s *Store) Again() int64 { return s.before.dropped }

// Torn reports whether a last line was torn, and cut off.
func (s *Store) Torn() bool { return s.before.torn > 0 }

// Settled returns the limit that an earlier fetch into the same output settled on; 0 if none did.
func (s *Store) Settled() int {
	if s.state == nil {
		return 0
	}
	return s.state.Limit
}

// settle saves the limit that was settled on, and why.
func (s *Store) settle(limit int, why string) error {
	if s.state == nil {
		return nil
	}
	s.state.Limit, s.state.Why = limit, why
	return s.state.write()
}
