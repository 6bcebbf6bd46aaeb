package external

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"sweetspot/strategies"
)

// protocol is the version of the protocol that EXTERNAL.md describes.
const protocol = 1

// message is a line from a program. Exactly one of its exported fields is set.
type message struct {
	Hello   *hello    `json:"hello"`
	Opened  *struct{} `json:"opened"`
	Done    *report   `json:"done"`
	Stopped *stopped  `json:"stopped"`
	Error   *string   `json:"error"`

	arrived time.Duration // on the session's clock
}

type hello struct {
	Protocol    int    `json:"protocol"`
	Version     string `json:"version"`
	MaxInFlight int    `json:"most"` // 0 means as many as the limit

	// Can has the settings that not every program must keep to, and this one does.
	Can []strategies.Setting `json:"can"`
}

type stopped struct {
	Connections int   `json:"connections"`
	Redirects   int64 `json:"redirects"` // that were followed
}

// report is the content of a done message: requests that have ended.
type report struct {
	Now      time.Duration `json:"now"` // on the program's clock
	Outcomes reports       `json:"outcomes"`
}

// parseMessage parses a line. It ignores unknown members, but the line must hold exactly one known message.
func parseMessage(line []byte) (*message, error) {
	var m message
	if err := json.Unmarshal(line, &m); err != nil {
		return nil, fmt.Errorf("it wrote a line that is not a message: %s: %w", quoted(line), err)
	}
	members := 0
	for _, set := range []bool{m.Hello != nil, m.Opened != nil, m.Done != nil, m.Stopped != nil, m.Error != nil} {
		if set {
			members++
		}
	}
	if members != 1 {
		return nil, fmt.Errorf("it wrote a line that is not a message: %s: want one of hello, opened, done, stopped and error", quoted(line))
	}
	return &m, m.check()
}

// check returns an error for numbers that are out of range.
func (m *message) check() error {
	switch {
	case m.Hello != nil && m.Hello.Protocol != protocol:
		return fmt.Errorf("it uses version %d of the protocol: want %d", m.Hello.Protocol, protocol)
	case m.Hello != nil && m.Hello.MaxInFlight < 0:
		return fmt.Errorf("it reports that it can have %d requests in flight", m.Hello.MaxInFlight)
	case m.Stopped != nil && m.Stopped.Connections < 0:
		return fmt.Errorf("it reports that it used %d connections", m.Stopped.Connections)
	case m.Stopped != nil && m.Stopped.Redirects < 0:
		return fmt.Errorf("it reports that it followed %d redirects", m.Stopped.Redirects)
	case m.Done != nil && (m.Done.Now < 0 || m.Done.Now > maxNumber):
		return fmt.Errorf("its clock shows %d: want nanoseconds, from 0 to 2^59", m.Done.Now)
	}
	return nil
}

// maxQuoteBytes is the longest part of a line that an error quotes.
const maxQuoteBytes = 80

func quoted(line []byte) string {
	if len(line) > maxQuoteBytes {
		return strconv.Quote(string(line[:maxQuoteBytes])) + "…"
	}
	return strconv.Quote(string(line))
}

// appendStrings appends the texts to a line as a JSON array.
func appendStrings(line []byte, texts []string) []byte {
	line = append(line, '[')
	for i, text := range texts {
		if i > 0 {
			line = append(line, ',')
		}
		line = appendString(line, text)
	}
	return append(line, ']')
}

// appendString appends the text to a line as a JSON string.
func appendString(line []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			encoded, _ := json.Marshal(text) // never fails for a string
			return append(line, encoded...)
		}
	}
	return append(append(append(line, '"'), text...), '"')
}
