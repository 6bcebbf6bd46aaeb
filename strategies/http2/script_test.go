package http2_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	wire "golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"sweetspot/strategies/http2"
)

// A script is what a server sends. Its framer writes whatever it is asked to.
type script struct {
	bytes.Buffer
	*wire.Framer
	fields  bytes.Buffer
	encoder *hpack.Encoder
}

func newScript(settings ...wire.Setting) *script {
	s := &script{}
	s.Framer = wire.NewFramer(&s.Buffer, nil)
	s.AllowIllegalWrites = true
	s.encoder = hpack.NewEncoder(&s.fields)
	_ = s.WriteSettings(settings...)
	return s
}

// block encodes header fields, given as names and values in turn.
func (s *script) block(fields ...string) []byte {
	s.fields.Reset()
	for i := 0; i < len(fields); i += 2 {
		_ = s.encoder.WriteField(hpack.HeaderField{Name: fields[i], Value: fields[i+1]})
	}
	return s.fields.Bytes()
}

// head sends header fields in one frame.
func (s *script) head(stream uint32, ends bool, fields ...string) *script {
	_ = s.WriteHeaders(wire.HeadersFrameParam{StreamID: stream, BlockFragment: s.block(fields...), EndStream: ends, EndHeaders: true})
	return s
}

// data sends a part of a body.
func (s *script) data(stream uint32, ends bool, body string) *script {
	_ = s.WriteData(stream, ends, []byte(body))
	return s
}

// raw sends a frame as it is.
func (s *script) raw(kind wire.FrameType, flags wire.Flags, stream uint32, payload string) *script {
	_ = s.WriteRawFrame(kind, flags, stream, []byte(payload))
	return s
}

// answer sends a whole response with that body.
func (s *script) answer(stream uint32, body string) *script {
	return s.head(stream, false, ":status", "200").data(stream, true, body)
}

// A client is a connection whose streams are open before the server begins with what matters.
type client struct {
	*http2.Conn
	streams []*http2.Stream
	log     []string // what became of each stream
	failed  []error
	err     error // of the connection
	stingy  bool  // has no memory for larger bodies
}

// defaults are the settings of most tests.
func defaults() *http2.Config {
	return &http2.Config{KeepBelow: 400, MaxBody: 1 << 20, Window: 64 << 10}
}

// get is what most requests send.
var get = http2.Message{Method: "GET", Scheme: "http", Authority: "host:80"}

// post returns a message with a body of n bytes.
func post(n int) http2.Message {
	return http2.Message{Method: "POST", Scheme: "http", Authority: "host:80", Body: make([]byte, n), HasLength: true}
}

// newClient returns a client with n streams, after SETTINGS of the server.
func newClient(t testing.TB, config *http2.Config, m http2.Message, n int) *client {
	c := &client{Conn: http2.New(config)}
	if _, err := c.Conn.Feed(newScript().Bytes()); err != nil || !c.Ready() {
		t.Fatalf("the first SETTINGS: ready %t, %v", c.Ready(), err)
	}
	form := http2.NewForm(m)
	for range n {
		s := &http2.Stream{Owner: len(c.streams)}
		c.OpenStream(s, form, "/", "")
		c.streams = append(c.streams, s)
	}
	return c
}

// receive takes what the server sends in pieces of a size, and then the end of the connection if ends is set.
func (c *client) receive(data []byte, size int, ends bool) *client {
	for len(data) > 0 && c.err == nil {
		n := min(size, len(data))
		var events []http2.Event
		events, c.err = c.Feed(bytes.Clone(data[:n]))
		c.note(events)
		data = data[n:]
	}
	if ends || c.err != nil {
		c.note(c.End(c.err))
	}
	return c
}

func (c *client) note(events []http2.Event) {
	for _, e := range events {
		text := fmt.Sprintf("%d: ", e.Stream.Owner.(int))
		switch e.Kind {
		case http2.Done:
			text += fmt.Sprintf("%d %.40q", e.Stream.Status(), e.Stream.Body())
			if cookies := e.Stream.Cookies(); len(cookies) > 0 {
				text += " " + strings.Join(cookies, "|")
			}
		case http2.Failed:
			text += e.Err.Error()
			c.failed = append(c.failed, e.Err)
		case http2.Refused:
			text += "refused"
		case http2.Wants:
			text += fmt.Sprintf("wants %d", c.Wanted(e.Stream))
			if c.stingy {
				break
			}
			c.Allow(e.Stream, c.Wanted(e.Stream), append(make([]byte, 0, c.Wanted(e.Stream)), e.Stream.Body()...))
		}
		c.log = append(c.log, text)
	}
}

// sent takes what the client has sent, and returns its frames in words.
func (c *client) sent(t testing.TB) []string {
	var all bytes.Buffer
	for data := c.Unsent(); len(data) > 0; data = c.Unsent() {
		n := min(len(data), 1000) // as a socket that takes little
		all.Write(data[:n])
		c.Sent(n)
	}
	text := strings.TrimPrefix(all.String(), wire.ClientPreface)
	framer := wire.NewFramer(nil, strings.NewReader(text))
	framer.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	var frames []string
	for {
		frame, err := framer.ReadFrame()
		if err != nil {
			if err.Error() != "EOF" {
				t.Errorf("the client sent a frame that cannot be read: %v", err)
			}
			return frames
		}
		frames = append(frames, inWords(frame))
	}
}

func inWords(frame wire.Frame) string {
	id := frame.Header().StreamID
	switch f := frame.(type) {
	case *wire.MetaHeadersFrame:
		var fields []string
		for _, field := range f.Fields {
			fields = append(fields, field.Name+"="+field.Value)
		}
		return fmt.Sprintf("HEADERS %d %s", id, strings.Join(fields, " "))
	case *wire.DataFrame:
		return fmt.Sprintf("DATA %d %d bytes, ends: %t", id, len(f.Data()), f.StreamEnded())
	case *wire.RSTStreamFrame:
		return fmt.Sprintf("RST_STREAM %d %s", id, f.ErrCode)
	case *wire.GoAwayFrame:
		return fmt.Sprintf("GOAWAY %s", f.ErrCode)
	case *wire.WindowUpdateFrame:
		return fmt.Sprintf("WINDOW_UPDATE %d %d", id, f.Increment)
	case *wire.SettingsFrame:
		if f.IsAck() {
			return "SETTINGS ack"
		}
		return "SETTINGS"
	case *wire.PingFrame:
		return fmt.Sprintf("PING %s, ack: %t", f.Data, f.IsAck())
	}
	return frame.Header().Type.String()
}

// isOf reports whether an error is one of this package's, of the kind that is wanted.
func isOf(err, want error) bool { return errors.Is(err, want) }
