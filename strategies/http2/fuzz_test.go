package http2_test

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	wire "golang.org/x/net/http2"

	"sweetspot/strategies/http2"
)

// fuzzConfig has small limits, so that short inputs reach them.
func fuzzConfig() *http2.Config {
	config := defaults()
	config.MaxHead, config.MaxBody, config.Window = 200, 100, 40
	return config
}

// FuzzConn feeds a connection with three open streams whatever comes, byte by byte and in other pieces. Nothing may panic, the
// events must be the same, each stream must end once, and what is kept must stay small.
func FuzzConn(f *testing.F) {
	for i, c := range scripts {
		s := newScript()
		c.send(s)
		f.Add(s.Bytes(), uint64(i))
	}
	for i, c := range faults {
		s := newScript()
		c.send(s)
		if s.Len() < 10_000 {
			f.Add(s.Bytes(), uint64(i))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, seed uint64) {
		byByte := newClient(t, fuzzConfig(), post(5), 3)
		byByte.stingy = true // otherwise it depends on the pieces whether a server keeps to the windows
		byByte.receive(data, 1, true)
		inPieces := newClient(t, fuzzConfig(), post(5), 3)
		inPieces.stingy = true
		for random := rand.New(rand.NewPCG(seed, 0)); len(data) > 0; {
			n := min(1+random.IntN(60), len(data))
			inPieces.receive(data[:n], n, false)
			data = data[n:]
		}
		inPieces.receive(nil, 1, true)
		if diff := cmp.Diff(byByte.log, inPieces.log); diff != "" {
			t.Errorf("events (-byte by byte +in pieces):\n%s", diff)
		}
		ended := map[byte]int{}
		for _, line := range byByte.log {
			if line[3:8] != "wants" {
				ended[line[0]]++
			}
		}
		for stream := range byte(3) {
			if ended['0'+stream] != 1 {
				t.Errorf("stream %d ended %d times: %q", stream, ended['0'+stream], byByte.log)
			}
			if body := byByte.streams[stream].Body(); len(body) > 100+1<<10+1 {
				t.Errorf("a body of %d bytes was kept", len(body))
			}
		}
		_ = byByte.sent(t) // which must be frames
		if byByte.Open() > 0 || byByte.Room() > 0 {
			t.Errorf("%d streams are open after the end, and there is room for %d", byByte.Open(), byByte.Room())
		}
	})
}

// FuzzFrames is FuzzConn with input that is always frames: of each three bytes, the first chooses the kind.
func FuzzFrames(f *testing.F) {
	f.Add([]byte{1, 1, 0, 0, 1, 1, 2, 3, 0}, byte(3))
	f.Fuzz(func(t *testing.T, plan []byte, size byte) {
		s := newScript()
		for ; len(plan) >= 3; plan = plan[3:] {
			stream, value := uint32(plan[1]%4)*2+1, plan[2]
			switch plan[0] % 10 {
			case 0:
				s.data(stream, value%2 == 0, "some data"[:value%10])
			case 1:
				s.head(stream, value%2 == 0, ":status", []string{"200", "404", "103", "304"}[value>>1%4])
			case 2:
				s.head(stream, value%2 == 0, ":status", "200", "content-length", string('0'+value%10), "x-new", string(rune(value)))
			case 3:
				_ = s.WriteRSTStream(stream, wire.ErrCode(value%15))
			case 4:
				_ = s.WriteWindowUpdate(stream-uint32(value%2), uint32(value)<<23)
			case 5:
				_ = s.WriteSettings(wire.Setting{ID: wire.SettingID(value % 8), Val: uint32(plan[1]) << (value >> 3)})
			case 6:
				_ = s.WriteGoAway(stream, wire.ErrCode(value%15), nil)
			case 7:
				_ = s.WriteHeaders(wire.HeadersFrameParam{StreamID: stream, BlockFragment: s.block(":status", "200", "a", "b"), EndStream: value%2 == 0})
			case 8:
				_ = s.WriteContinuation(stream, value%2 == 0, nil)
			case 9:
				s.head(stream, true, "x-trailer", "1")
			}
		}
		_ = newClient(t, fuzzConfig(), post(5), 3).receive(s.Bytes(), int(size)+1, true) // with larger windows, nothing may panic
		one, other := newClient(t, fuzzConfig(), post(5), 3), newClient(t, fuzzConfig(), post(5), 3)
		one.stingy, other.stingy = true, true
		one.receive(s.Bytes(), int(size)+1, true)
		other.receive(s.Bytes(), 7, true)
		if diff := cmp.Diff(one.log, other.log); diff != "" {
			t.Errorf("events (-in pieces of %d bytes +in pieces of 7):\n%s", int(size)+1, diff)
		}
	})
}
