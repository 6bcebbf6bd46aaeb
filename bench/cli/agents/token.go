package agents

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"unicode"

	"sweetspot/results/input"
)

// A token is one line of printable characters without blanks.
const (
	shortestToken = 16 // characters: too many to be guessed
	longestToken  = 512
	lineEnd       = 2 // the most bytes of one
)

// newToken returns a new token, of 128 random bits or more.
func newToken() string { return rand.Text() }

// readToken reads a token from a file. The error says what is wrong with it, and does not quote it. An empty path is no file, and has
// no token.
func readToken(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	text, err := input.ReadAll(path, longestToken+lineEnd)
	if err != nil {
		return "", err
	}
	token := strings.TrimSpace(string(text))
	odd := strings.ContainsFunc(token, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsGraphic(r) || r == ' ' })
	if odd || len(token) < shortestToken || len(token) > longestToken {
		return "", fmt.Errorf("%s: want one line of %d to %d characters without blanks, as the coordinator writes", path, shortestToken, longestToken)
	}
	return token, nil
}

// absent reports whether the error is that there is no such file.
func absent(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// isOpen reports whether other users of this machine can read the file, or write it. Where files have no such modes, it is not known.
func isOpen(path string) bool {
	info, err := os.Stat(path)
	return err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0
}

// writeToken writes the token to a new file that only this user may read, and returns its path. Without a path it makes one among the
// temporary files. A file that is there has the token already.
func writeToken(path, token string) (string, error) {
	var (
		file *os.File
		err  error
	)
	if path == "" {
		file, err = os.CreateTemp("", "sweetspot-token-*") // with mode 0600
	} else if file, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600); errors.Is(err, fs.ErrExist) {
		return path, nil
	}
	if err != nil {
		return "", err
	}
	_, err = fmt.Fprintln(file, token)
	if err = errors.Join(err, file.Close()); err != nil {
		_ = os.Remove(file.Name())
	}
	return file.Name(), err
}
