package fetch

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"sweetspot/bench/fetch/flock"
)

// stateSuffix is what the name of an output's state file has in addition.
const stateSuffix = ".state"

// stateVersion is the version of the state file. Fields may be added to a version.
const stateVersion = 1

// state is what is known about an output beside its lines. It stands in a file of its own, which is locked as long as a process
// writes to the output.
type state struct {
	Version int    `json:"version"`
	URLs    int64  `json:"urls"`            // in the list
	Digest  string `json:"digest"`          // of the list
	WARC    string `json:"warc,omitempty"`  // the file with the records of the lines
	Limit   int    `json:"limit,omitempty"` // that was settled on; 0 if it is not known yet
	Why     string `json:"why,omitempty"`

	file *os.File
}

// openState opens and locks the state file of an output, and checks that the output is of this list. A new one is written.
func openState(output string, source Source) (*state, error) {
	path := output + stateSuffix
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, err
	}
	s := &state{file: file}
	if err := s.read(output, source); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return s, nil
}

func (s *state) read(output string, source Source) error {
	if err := flock.Lock(s.file); err != nil {
		return fmt.Errorf("%s: %w: want to wait until that has ended, or another -o", output, err)
	}
	text, err := io.ReadAll(io.LimitReader(s.file, mostState))
	if err != nil {
		return err
	}
	info, err := os.Stat(output)
	empty := err != nil || info.Size() == 0
	err = json.Unmarshal(text, s)
	switch {
	case err != nil && !empty && len(text) == 0:
		return fmt.Errorf("%s: there is no %s that says which list it is of: want the name of a new file", output, s.file.Name())
	case err != nil && !empty:
		return fmt.Errorf("%s: %w: want the file as it was written", s.file.Name(), err)
	case err != nil, empty && s.WARC == "" && s.Limit == 0:
		s.Version, s.URLs, s.Digest = stateVersion, source.Len(), source.Digest()
		return s.write()
	case s.Version != stateVersion:
		return fmt.Errorf("%s: version %d: want %d", s.file.Name(), s.Version, stateVersion)
	case s.URLs != source.Len():
		return fmt.Errorf("%s: of another list, with %d URLs: this one has %d: want another -o", output, s.URLs, source.Len())
	case s.Digest != source.Digest():
		return fmt.Errorf("%s: of another list, with as many URLs: want another -o", output)
	}
	return nil
}

// mostState is more than a state file has, in bytes.
const mostState = 64 << 10

// write saves the state.
func (s *state) write() error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	text = append(text, '\n')
	if _, err = s.file.WriteAt(text, 0); err == nil {
		err = s.file.Truncate(int64(len(text)))
	}
	if err == nil {
		err = s.file.Sync()
	}
	return err
}

func (s *state) close() error { return s.file.Close() }
