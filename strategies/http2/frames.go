package http2

import (
	"errors"
	"fmt"

	wire "golang.org/x/net/http2"
)

const (
	// maxUseless is how many frames in a row may be of no use to any request: PING, SETTINGS, empty DATA, unknown types. A
	// connection without requests gets far fewer within the time for which it is kept.
	maxUseless = 10_000
	// maxAnswers is how many frames that must be answered a server may send before it takes the answers.
	maxAnswers = 10_000
	// maxDebug is the number of bytes of a GOAWAY's message that are kept.
	maxDebug = 200
)

// readFrame reads c.frame. Its error means that the connection is broken.
func (c *Conn) readFrame() error {
	c.in.Reset(c.frame)
	c.useless++
	frame, err := c.framer.ReadFrame()
	if err == nil {
		err = c.handle(frame)
	} else {
		err = c.unreadable(err)
	}
	switch {
	case err != nil:
	case c.useless > maxUseless:
		err = broken(wire.ErrCodeEnhanceYourCalm, "%d frames in a row that belong to no response", maxUseless)
	case c.answers > maxAnswers:
		err = broken(wire.ErrCodeEnhanceYourCalm, "%d frames that ask for an answer, and the server takes none", maxAnswers)
	}
	if err == nil {
		return nil
	}
	code := wire.ErrCodeProtocol
	if b := (brokenError{}); errors.As(err, &b) {
		code, err = b.code, b.error
	}
	_ = c.framer.WriteGoAway(0, code, nil) // 0: no stream of the server was processed
	return err
}

// unreadable handles an error of the framer.
func (c *Conn) unreadable(err error) error {
	var (
		stream wire.StreamError
		whole  wire.ConnectionError
	)
	switch {
	case !c.ready:
		return c.notSpoken()
	case errors.As(err, &stream) && c.frame[typeAt] == byte(wire.FrameWindowUpdate):
		if s := c.streams[stream.StreamID]; s != nil {
			c.fail(s, stream.Code, malformed("%s", stream.Code))
		}
		return nil
	case errors.Is(err, wire.ErrFrameTooLarge):
		return broken(wire.ErrCodeFrameSize, "a frame of more than %d bytes", maxFrame)
	case errors.As(err, &whole):
		if detail := c.framer.ErrorDetail(); detail != nil {
			return broken(wire.ErrCode(whole), "%v", detail)
		}
		return broken(wire.ErrCode(whole), "%s", wire.ErrCode(whole))
	}
	return broken(wire.ErrCodeFrameSize, "a frame is shorter than its contents")
}

// notSpoken is the error of a server that begins with anything but SETTINGS.
func (c *Conn) notSpoken() error {
	begin := c.frame[:frameHeader]
	if string(begin[:5]) == "HTTP/" {
		return fmt.Errorf("%w: the server does not speak HTTP/2, it answers in HTTP/1", ErrMalformed)
	}
	return fmt.Errorf("%w: the server does not speak HTTP/2, it begins with %q", ErrMalformed, begin)
}

func (c *Conn) handle(frame wire.Frame) error {
	if settings, first := frame.(*wire.SettingsFrame); !c.ready && (!first || settings.IsAck()) {
		return c.notSpoken()
	}
	switch f := frame.(type) {
	case *wire.DataFrame:
		return c.readData(f)
	case *wire.HeadersFrame:
		return c.readHeaders(f)
	case *wire.ContinuationFrame:
		return c.readContinuation(f)
	case *wire.SettingsFrame:
		return c.readSettings(f)
	case *wire.WindowUpdateFrame:
		return c.readWindowUpdate(f)
	case *wire.RSTStreamFrame:
		return c.readReset(f)
	case *wire.GoAwayFrame:
		c.readGoAway(f)
	case *wire.PingFrame:
		if !f.IsAck() {
			c.answers++
			_ = c.framer.WritePing(true, f.Data)
		}
	case *wire.PushPromiseFrame:
		return broken(wire.ErrCodeProtocol, "a push, which the settings forbid")
	}
	return nil // PRIORITY, and types that this package does not know
}

// stream returns the stream with that ID, or nil if it is no longer open. A frame for a stream that never was breaks the
// connection.
func (c *Conn) stream(id uint32, frame wire.FrameType) (*Stream, error) {
	if id%2 == 0 || id >= c.nextID {
		return nil, broken(wire.ErrCodeProtocol, "%s for stream %d, which was never opened", frame, id)
	}
	return c.streams[id], nil
}

func (c *Conn) readSettings(f *wire.SettingsFrame) error {
	if f.IsAck() {
		return nil
	}
	if err := f.ForeachSetting(c.set); err != nil {
		return err
	}
	c.ready = true
	c.answers++
	_ = c.framer.WriteSettingsAck()
	return nil
}

// set applies a setting of the server.
func (c *Conn) set(s wire.Setting) error {
	if s.Valid() != nil || s.ID == wire.SettingEnablePush && s.Val != 0 {
		return broken(wire.ErrCodeProtocol, "the setting %s", s)
	}
	switch s.ID {
	case wire.SettingMaxConcurrentStreams:
		c.maxStreams = min(s.Val, Unlimited)
	case wire.SettingMaxFrameSize:
		c.maxFrame = s.Val
	case wire.SettingHeaderTableSize:
		c.requests.setTableSize(s.Val)
	case wire.SettingInitialWindowSize:
		more := int64(s.Val) - c.initialWindow
		c.initialWindow = int64(s.Val)
		for _, s := range c.streams {
			if !c.widen(s, more) {
				return broken(wire.ErrCodeFlowControl, "SETTINGS make the window of a stream too large")
			}
		}
	}
	return nil
}

func (c *Conn) readReset(f *wire.RSTStreamFrame) error {
	s, err := c.stream(f.StreamID, wire.FrameRSTStream)
	if s == nil {
		return err
	}
	c.useless = 0
	c.remove(s)
	if f.ErrCode == wire.ErrCodeRefusedStream {
		c.emit(Refused, s, nil)
		return nil
	}
	c.emit(Failed, s, &ResetError{Code: uint32(f.ErrCode)})
	return nil
}

// goAway is what the latest GOAWAY of the server said.
type goAway struct {
	last    uint32 // the ID of the last stream that it processes
	code    wire.ErrCode
	message string
}

func (c *Conn) readGoAway(f *wire.GoAwayFrame) {
	last := f.LastStreamID
	if c.goAway != nil {
		last = min(last, c.goAway.last)
	}
	debug := f.DebugData()
	c.goAway = &goAway{last, f.ErrCode, string(debug[:min(len(debug), maxDebug)])}
	for _, s := range c.above(last) {
		c.remove(s)
		c.emit(Refused, s, nil)
	}
}
