package sending

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	"sweetspot/results/input"
)

// mostInput is the size of the largest list of URLs or body that is read from a file, in bytes: room for millions of URLs.
const mostInput = 256 << 20

// ReadList reads a list of requests from a file, or from stdin if the path is "-". An error of a file names it.
func ReadList(path string, stdin io.Reader) ([]byte, error) {
	if path != "-" {
		return input.ReadAll(path, mostInput)
	}
	text, err := io.ReadAll(io.LimitReader(stdin, mostInput+1))
	if err == nil && len(text) > mostInput {
		err = fmt.Errorf("longer than %d MiB: want a smaller list", mostInput>>20)
	}
	return text, err
}

// ReadBody returns the body that a text stands for: that of a file, if it is @ and a path, or the text.
func ReadBody(text string) ([]byte, error) {
	if path, isFile := strings.CutPrefix(text, "@"); isFile {
		return input.ReadAll(path, mostInput)
	}
	return []byte(text), nil
}

// ValidMethod reports whether the method is a token as RFC 9110 defines it.
func ValidMethod(method string) bool {
	request, err := http.NewRequest(method, "/", nil)
	return err == nil && request.Method == method
}
