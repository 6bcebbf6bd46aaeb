package terminal

import (
	"io"
	"os"
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// A Writer makes what is written to it safe for a terminal: no text from outside, such as a server's, can move the cursor, change the
// title or hide what stands beside it. Control characters but tab and newline, characters that change the direction of writing
// and bytes that are not UTF-8 become U+FFFD; sequences that only set colours stay. It is safe for concurrent use.
type Writer struct {
	to     io.Writer
	redact func(string) string
	most   int // characters in a line; 0 is no limit

	mu     sync.Mutex
	begun  []byte // the first bytes of a character whose rest is not written yet
	column int    // characters in the line so far
	err    error
}

// mostColumns is more than any message of the program has, with a path or a URL in it.
const mostColumns = 4000

// ForResults returns a writer of results to w.
func ForResults(w io.Writer) *Writer {
	return &Writer{to: w, redact: func(text string) string { return text }}
}

// ForMessages returns a writer of messages to w. It writes what redact returns, and cuts each line at 4,000 characters.
func ForMessages(w io.Writer, redact func(string) string) *Writer {
	return &Writer{to: w, redact: redact, most: mostColumns}
}

// Raw returns what w writes to if it is a [Writer], else w: for output that moves the cursor on purpose, and for files.
func Raw(w io.Writer) io.Writer {
	if safe, ok := w.(*Writer); ok {
		return safe.to
	}
	return w
}

// file returns the file that is written to, nil if that is none.
func file(w io.Writer) *os.File {
	f, _ := Raw(w).(*os.File)
	return f
}

// Write implements [io.Writer]. The error is that of the writer below.
func (w *Writer) Write(text []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	whole := append(w.begun, text...)
	end := len(whole) - len(unfinished(whole))
	w.begun = append([]byte(nil), whole[end:]...)
	if _, err := io.WriteString(w.to, w.cut(safe(w.redact(string(whole[:end]))))); err != nil {
		if w.err == nil {
			w.err = err
		}
		return 0, err
	}
	return len(text), nil
}

// Err returns the first error of the writer below, nil if there was none.
func (w *Writer) Err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// unfinished returns the bytes at the end of the text that begin a character.
func unfinished(text []byte) []byte {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if tail := text[len(text)-n:]; utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return nil
			}
			return tail
		}
	}
	return nil
}

// colour matches a sequence that sets colours or other attributes of the characters that follow.
var colour = regexp.MustCompile("^\x1b\\[[0-9;]*m")

// safe returns the text without what a terminal would obey.
func safe(text string) string {
	if strings.IndexFunc(text, obeyed) < 0 && utf8.ValidString(text) {
		return text
	}
	var shown strings.Builder
	for len(text) > 0 {
		if sequence := colour.FindString(text); sequence != "" {
			shown.WriteString(sequence)
			text = text[len(sequence):]
			continue
		}
		r, size := utf8.DecodeRuneInString(text)
		if obeyed(r) {
			r = utf8.RuneError
		}
		shown.WriteRune(r)
		text = text[size:]
	}
	return shown.String()
}

// obeyed reports whether a terminal may do something else with the character than show it.
func obeyed(r rune) bool {
	return r != '\t' && r != '\n' && (unicode.Is(unicode.C, r) || r == '\u2028' || r == '\u2029')
}

// cut cuts each line that is too long.
func (w *Writer) cut(text string) string {
	if w.most == 0 {
		return text
	}
	var shown strings.Builder
	for _, r := range text {
		w.column++
		switch {
		case r == '\n':
			w.column = 0
		case w.column == w.most:
			r = '…'
		case w.column > w.most:
			continue
		}
		shown.WriteRune(r)
	}
	return shown.String()
}
