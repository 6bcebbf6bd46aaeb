package strategies

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"
)

func zipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return b.String()
}

// The rule is RFC 8259's, for bodies whose values are kept and for larger ones.
func TestBodiesAreDecodedByRFC8259(t *testing.T) {
	for body, json := range map[string]bool{
		`{"a":1}`: true, ` [] `: true, `"a"`: true, `1`: true, `null`: true, `{"a":1e999}`: true, `{"a":1,"a":2}`: true,
		"{\"a\":\"\xff\"}": true, strings.Repeat("[", 5000) + strings.Repeat("]", 5000): true,
		`{"a":NaN}`: false, `[Infinity]`: false, "\ufeff{}": false, "": false, " ": false, `{} {}`: false, `{}x`: false, `{"a"`: false, `['a']`: false,
		`[1,]`: false, `01`: false, "[\"\x00\"]": false, strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000): false,
	} {
		for _, padding := range []string{"", strings.Repeat(" ", treeJSON)} {
			want := OK
			if !json {
				want = Undecodable
			}
			target := Target{JSON: true}.InProcess()
			if got := receive(target, "", strings.NewReader(padding+body)); got.Class != want || got.Bytes != int64(len(padding+body)) {
				t.Errorf("%.20q after %d spaces: %v of %d bytes, want %v: %v", body, len(padding), got.Class, got.Bytes, want, got.Err)
			}
		}
	}
}

func TestReceiveBoundsWhatItKeeps(t *testing.T) {
	const limit = 200_000
	text := func(n int) string { return `"` + strings.Repeat("x", n-2) + `"` }
	for _, c := range []struct {
		name     string
		status   int
		encoding string
		length   int64
		body     string
		want     Class
	}{
		{"at the limit", 200, "", -1, text(limit), OK},
		{"at the limit, of known length", 200, "", limit, text(limit), OK},
		{"beyond it", 200, "", -1, text(limit + 1), TooLarge},
		{"beyond it by its length", 200, "", limit + 1, "", TooLarge},
		{"beyond it after decompression", 200, "GZIP", -1, zipped(text(limit + 1)), TooLarge},
		{"at the limit after decompression", 200, "x-gzip", -1, zipped(text(limit)), OK},
		{"not gzip", 200, "gzip", -1, text(100), Undecodable},
		{"half a gzip", 200, "gzip", -1, zipped(text(limit))[:100], Undecodable},
		{"another encoding", 200, "br", -1, "\x0b\x02", Undecodable},
		{"of a bad status", 500, "", limit + 1, text(limit + 1), BadStatus},
		{"of a status without a body", 204, "", -1, "", OK},
	} {
		target := Target{JSON: true, MaxBody: limit}.InProcess()
		got := target.Receive(time.Now().Add(time.Hour), &Request{}, Response{c.status, nil, c.encoding, c.length, iotest.HalfReader(strings.NewReader(c.body))})
		if got.Class != c.want {
			t.Errorf("%s: %v, want %v: %v", c.name, got.Class, c.want, got.Err)
		}
		if c.want == OK && got.Bytes != int64(len(c.body)) {
			t.Errorf("%s: %d bytes, want the %d that were sent", c.name, got.Bytes, len(c.body))
		}
	}
}

func TestReceiveReportsTheErrorOfTheConnection(t *testing.T) {
	target := Target{JSON: true}.InProcess()
	for encoding, sent := range map[string]string{"": `{"a":`, "gzip": zipped(`{"a":1}`)[:15]} {
		body := io.MultiReader(strings.NewReader(sent), iotest.ErrReader(io.ErrUnexpectedEOF))
		if got := receive(target, encoding, body); got.Class != Truncated {
			t.Errorf("encoding %q: %v, want %v: %v", encoding, got.Class, Truncated, got.Err)
		}
	}
}

func TestASuccessIsNeverLaterThanItsDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, handle := range []func(*Request, Answer) error{
			nil, func(*Request, Answer) error { time.Sleep(time.Second); return nil },
		} {
			slow := io.MultiReader(strings.NewReader("x"), readerFunc(func([]byte) (int, error) { time.Sleep(time.Second); return 0, io.EOF }))
			target := Target{Handle: handle}.InProcess()
			got := target.Receive(time.Now().Add(999*time.Millisecond), &Request{}, Response{Status: 200, Length: -1, Body: slow})
			if got.Class != Timeout {
				t.Errorf("%v, want %v", got, Timeout)
			}
		}
	})
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// Endless bodies end one after the other, as too large, although together they have taken all memory.
func TestBodiesOfASessionShareItsMemory(t *testing.T) {
	const bodies = 50
	target := Target{JSON: true, Timeout: time.Minute}.InProcess()
	outcomes := make(chan Outcome, bodies)
	zeros := readerFunc(func(p []byte) (int, error) { return len(p), nil })
	for range bodies {
		go func() { outcomes <- receive(target, "", zeros) }()
	}
	for range bodies {
		if got := <-outcomes; got.Class != TooLarge {
			t.Errorf("%v, want %v: %v", got.Class, TooLarge, got.Err)
		}
	}
	if m := target.memory; m.free != sharedBodies || m.exceeded || len(m.waiting) > 0 {
		t.Errorf("afterwards %d bytes are free and %d wait, want all and none", m.free, len(m.waiting))
	}
}

func TestABodyThatFindsNoMemoryTimesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		target := Target{JSON: true, Timeout: time.Second}.InProcess()
		for range 2 { // one takes all memory, and one exceeds it
			taken := target.BodyShare()
			if !taken.Grow(sharedBodies, nil) {
				t.Fatal("there is no room for the first bodies")
			}
			defer taken.Release()
		}
		began := time.Now()
		got := receive(target, "", strings.NewReader(strings.Repeat(" ", 1<<20)))
		if took := time.Since(began); got.Class != Timeout || took != time.Second || !errors.Is(got.Err, os.ErrDeadlineExceeded) {
			t.Errorf("%v after %v, want %v after a second", got, took, Timeout)
		}
	})
}

// Whatever the shares do, together they keep at most the session's memory without the one that exceeds it, and each that was
// refused is woken by the next release.
func FuzzBodyShares(f *testing.F) {
	f.Add([]byte{0, 200, 1, 255, 2, 255, 128, 1, 3, 250, 129, 130})
	f.Fuzz(func(t *testing.T, steps []byte) {
		target := Target{}.InProcess()
		shares := make([]BodyShare, 8)
		for i := range shares {
			shares[i] = target.BodyShare()
		}
		woken, refused := 0, 0
		for len(steps) > 1 {
			share := &shares[steps[0]%8]
			if steps[0] >= 128 {
				share.Release()
			} else if !share.Grow(int64(steps[1])<<18, func() { woken++ }) {
				refused++
			}
			steps = steps[2:]
			var kept int64
			for i := range shares {
				if s := &shares[i]; !s.exceeds {
					kept += s.size
				}
			}
			if kept > sharedBodies+freeBody*int64(len(shares)) {
				t.Fatalf("the shares keep %d bytes, want at most %d", kept, sharedBodies)
			}
		}
		for i := range shares {
			shares[i].Release()
		}
		if target.memory.free != sharedBodies || woken != refused {
			t.Fatalf("%d bytes are free in the end, and %d of %d are woken", target.memory.free, woken, refused)
		}
	})
}

// receive takes a response of unknown length with that body.
func receive(target Target, encoding string, body io.Reader) Outcome {
	return target.Receive(time.Now().Add(target.Timeout), &Request{}, Response{200, nil, encoding, -1, body})
}
