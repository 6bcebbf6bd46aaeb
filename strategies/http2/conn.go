// Package http2 is the client's side of HTTP/2 (RFC 9113) as a state machine. It does no I/O, starts no goroutine and reads no
// clock: the event loops of package eventloop read from their sockets and pass the bytes to [Conn.Feed], act on the events that
// it returns, and write what [Conn.Unsent] returns. The events do not depend on how the bytes were cut into pieces.
//
// Frames are read and written by golang.org/x/net/http2, header blocks by its hpack. This package adds what belongs to a
// connection and its streams: settings, flow control, the order of frames, and bounds on everything that a server may send.
// Server push and priorities are not used.
package http2

import (
	"bytes"
	"encoding/binary"
	"math"

	wire "golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// Config has the limits on the responses of a connection.
type Config struct {
	// KeepBelow has the body of a response whose status is below it kept for [Stream.Body]. Of other bodies only the bytes are
	// counted.
	KeepBelow int
	// KeepHead has the header of a response kept for [Stream.Header].
	KeepHead bool
	// Follow has where a redirect leads kept for [Stream.Location], and its body is not kept.
	Follow bool
	// MaxBody is the largest size of a body that is kept, in bytes. A body with a Content-Encoding may be a little larger: to
	// compress it may have made it longer.
	MaxBody int64
	MaxHead int // largest size of the header fields of a response, in bytes; 0 means DefaultMaxHead
	// Window is the number of bytes of a response's body that the server may send before more are allowed: see [Conn.Allow].
	// 0 means the most that is possible.
	Window int64
}

// DefaultMaxHead is the largest size of the header fields of a response unless [Config.MaxHead] says otherwise. The size is
// that of RFC 9113, section 6.5.2: names, values, and 32 bytes for each field.
const DefaultMaxHead = 256 << 10

// largestWindow is the flow control window of a connection, and of a stream whose body is not kept, in bytes. With half of the
// largest that HTTP/2 allows, a WINDOW_UPDATE is rare and cannot exceed it.
const largestWindow = 1 << 30

const (
	frameHeader     = 9        // bytes
	typeAt          = 3        // where in it the type of the frame is
	maxFrame        = 16 << 10 // the largest frame that a server may send, in bytes: the smallest that HTTP/2 allows
	defaultWindow   = 65535    // bytes, before SETTINGS say otherwise
	maxStreamID     = math.MaxInt32
	maxReusedBuffer = 1 << 20 // bytes; a larger buffer is not kept for reuse
)

// A Conn is the client's side of one connection. It is not safe for concurrent use.
type Conn struct {
	config  *Config
	framer  *wire.Framer
	frame   []byte       // that is being read
	in      bytes.Reader // what the framer reads: the same
	partial []byte       // the beginning of a frame whose rest has not arrived
	out     output       // what is to be sent
	events  []Event

	requests requestEncoder
	decoder  *hpack.Decoder
	head     head  // the header fields of the block that is being decoded
	block    block // a header block that has not arrived as a whole

	streams map[uint32]*Stream // open, by ID
	nextID  uint32
	sending []*Stream // have a body to send, and a window of their own for it

	// What the server has said:
	ready         bool // its first SETTINGS have arrived
	maxStreams    uint32
	maxFrame      uint32
	initialWindow int64 // of a stream, for what it sends
	window        int64 // of the connection, for what it sends
	goAway        *goAway

	received int64 // bytes of DATA since the last WINDOW_UPDATE for the connection
	useless  int   // frames since the last that brought a request forward
	answers  int   // frames in out that answer a PING or SETTINGS
	err      error // the connection is broken
}

// New returns a connection that has nothing but its preface to send. The config must not change.
func New(config *Config) *Conn {
	c := &Conn{
		config:        config,
		streams:       map[uint32]*Stream{},
		nextID:        1,
		maxStreams:    Unlimited,
		maxFrame:      maxFrame,
		initialWindow: defaultWindow,
		window:        defaultWindow,
	}
	c.requests.open()
	c.head.limit, c.head.keeps, c.head.follow = config.maxHead(), config.KeepHead, config.Follow
	c.decoder = hpack.NewDecoder(hpackTable, c.head.add)
	c.decoder.SetMaxStringLength(c.head.limit)
	c.head.decoder = c.decoder
	c.framer = wire.NewFramer(&c.out, &c.in)
	c.framer.SetMaxReadFrameSize(maxFrame)
	c.framer.SetReuseFrames()
	c.out.bytes = append(c.out.bytes, wire.ClientPreface...)
	_ = c.framer.WriteSettings( // writing to out never fails
		wire.Setting{ID: wire.SettingHeaderTableSize, Val: hpackTable},
		wire.Setting{ID: wire.SettingEnablePush, Val: 0},
		wire.Setting{ID: wire.SettingInitialWindowSize, Val: uint32(config.window())},
		wire.Setting{ID: wire.SettingMaxHeaderListSize, Val: uint32(c.head.limit)},
	)
	_ = c.framer.WriteWindowUpdate(0, largestWindow-defaultWindow)
	return c
}

func (c *Config) maxHead() int {
	if c.MaxHead == 0 {
		return DefaultMaxHead
	}
	return c.MaxHead
}

func (c *Config) window() int64 {
	if c.Window == 0 {
		return largestWindow
	}
	return c.Window
}

// Ready reports whether the server has sent its SETTINGS. Before that no stream can be opened.
func (c *Conn) Ready() bool { return c.ready }

// Unlimited is the number of streams that a server allows if it names none.
const Unlimited = math.MaxInt32

// MaxStreams returns the most streams that the server allows at a time, once Ready.
func (c *Conn) MaxStreams() int { return int(c.maxStreams) }

// Room returns how many more streams can be opened now.
func (c *Conn) Room() int {
	if !c.ready || c.Ending() {
		return 0
	}
	return max(0, int(c.maxStreams)-len(c.streams))
}

// Open returns the number of streams whose responses are not whole.
func (c *Conn) Open() int { return len(c.streams) }

// Ending reports whether no further stream can ever be opened, because of a GOAWAY, an error, or since the IDs are used up.
func (c *Conn) Ending() bool { return c.goAway != nil || c.err != nil || c.nextID > maxStreamID }

// Feed takes the next bytes that the server has sent, and keeps no reference to them. The events are valid until the next call
// of Feed or End. An error means that the connection is broken: the caller should write what Unsent returns as far as that is
// possible at once, call End with the error, and close the connection.
func (c *Conn) Feed(data []byte) ([]Event, error) {
	c.events = c.events[:0]
	for c.err == nil {
		if c.frame, data = c.split(data); c.frame == nil {
			break
		}
		c.err = c.readFrame()
	}
	return c.events, c.err
}

// split returns the first frame and what follows it. If the frame has not arrived as a whole, split keeps what there is and
// returns nil. Of a frame that is too large, it returns only the header, which is enough to refuse it.
func (c *Conn) split(data []byte) (frame, rest []byte) {
	if len(c.partial) == 0 {
		if length := frameLength(data); 0 < length && length <= len(data) {
			return data[:length], data[length:]
		}
	}
	for {
		want := frameHeader
		if len(c.partial) >= frameHeader {
			want = frameLength(c.partial)
		}
		n := min(want-len(c.partial), len(data))
		c.partial = append(c.partial, data[:n]...)
		data = data[n:]
		if len(c.partial) < want {
			return nil, nil
		}
		if want == frameLength(c.partial) {
			frame, c.partial = c.partial, c.partial[:0]
			return frame, data
		}
	}
}

// frameLength returns the length of the frame that begins here with its header, or 0 if the header is incomplete.
func frameLength(data []byte) int {
	if len(data) < frameHeader {
		return 0
	}
	payload := binary.BigEndian.Uint32(data) >> 8
	if payload > maxFrame {
		return frameHeader
	}
	return frameHeader + int(payload)
}
