package http2_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	wire "golang.org/x/net/http2"

	"sweetspot/strategies/http2"
)

func TestRequestsAreInTheFormOfHTTP2(t *testing.T) {
	m := post(5)
	m.Header = http.Header{
		"User-Agent": {""}, "X-B": {"1", "2"}, "Accept": {"*/*"}, "Connection": {"keep-alive"}, "Te": {"gzip"}, "Host": {"other"},
		"Content-Length": {"7"}, "Upgrade": {"h2c"},
	}
	c, form := newClient(t, defaults(), get, 0), http2.NewForm(m)
	c.sent(t)
	var want []string
	for i, path := range []string{"/", "/a?b", "/", "/c"} {
		c.OpenStream(new(http2.Stream), form, path, strings.Repeat("k=v", i%2))
		cookie := ""
		if i%2 > 0 {
			cookie = " cookie=k=v"
		}
		want = append(want, fmt.Sprintf("HEADERS %d :method=POST :scheme=http :authority=host:80 :path=%s "+
			"accept=*/* x-b=1 x-b=2 content-length=5%s", 2*i+1, path, cookie))
	}
	for i := range want {
		want = append(want, fmt.Sprintf("DATA %d 5 bytes, ends: true", 2*i+1))
	}
	if diff := cmp.Diff(want, c.sent(t)); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
}

func TestRepeatedRequestsAreShort(t *testing.T) {
	for _, table := range []struct{ bytes, most int }{{4096, 25}, {0, 300}, {100, 300}} {
		m := get
		m.Header = http.Header{"User-Agent": {"sweetspot"}, "Authorization": {"Bearer " + strings.Repeat("secret", 20)}}
		c, form := newClient(t, defaults(), get, 0), http2.NewForm(m)
		_, err := c.Feed(newScript(wire.Setting{ID: wire.SettingHeaderTableSize, Val: uint32(table.bytes)}).Bytes())
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			c.OpenStream(new(http2.Stream), form, "/a", "")
		}
		frames := c.sent(t)
		last := frames[len(frames)-1]
		if want := ":path=/a authorization=Bearer secret"; !strings.Contains(last, want) || !strings.Contains(last, "user-agent=sweetspot") {
			t.Errorf("table of %d bytes: the request is %q, want %q in it", table.bytes, last, want)
		}
		c.OpenStream(new(http2.Stream), form, "/a", "")
		if n := len(c.Unsent()); n > table.most {
			t.Errorf("table of %d bytes: a repeated request has %d bytes, want at most %d", table.bytes, n, table.most)
		}
	}
}

// Requests of several forms share the table of header fields.
func TestFormsMayAlternate(t *testing.T) {
	c := newClient(t, defaults(), get, 0)
	c.sent(t)
	var forms []*http2.Form
	for i := range 3 {
		m := get
		m.Header = http.Header{"X-Form": {fmt.Sprint("form ", i)}, "X-All": {"all"}}
		forms = append(forms, http2.NewForm(m))
	}
	var want []string
	for i, form := range []int{0, 1, 0, 0, 0, 2, 1, 1, 1, 0, 2, 2, 2} {
		c.OpenStream(new(http2.Stream), forms[form], "/", "")
		want = append(want, fmt.Sprintf("HEADERS %d :method=GET :scheme=http :authority=host:80 :path=/ x-all=all x-form=form %d", 2*i+1, form))
	}
	if diff := cmp.Diff(want, c.sent(t)); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
}

func TestLongHeaderFieldsTakeSeveralFrames(t *testing.T) {
	m := get
	m.Header = http.Header{"X-Long": {strings.Repeat("~", 40_000)}}
	c := newClient(t, defaults(), m, 1)
	if frames := c.sent(t); !strings.HasSuffix(frames[len(frames)-1], strings.Repeat("~", 40_000)) {
		t.Errorf("sent %.200q", frames)
	}
}

func TestBodiesKeepToTheWindows(t *testing.T) {
	c := newClient(t, defaults(), post(100_000), 2)
	count := func() (bytes [2]int, ended [2]bool) {
		for _, frame := range c.sent(t) {
			var stream, n int
			var ends bool
			if got, _ := fmt.Sscanf(frame, "DATA %d %d bytes, ends: %t", &stream, &n, &ends); got == 3 {
				bytes[stream/2] += n
				ended[stream/2] = ended[stream/2] || ends
			}
		}
		return bytes, ended
	}
	if got, _ := count(); got[0]+got[1] != 65_535 || got[0]-got[1] > 16<<10 {
		t.Errorf("%d bytes were sent, want the 65,535 of the connection's window, by both in turn", got)
	}
	s := newScript()
	_ = s.WriteWindowUpdate(0, 1<<20)
	c.receive(s.Bytes(), 1<<20, false)
	if got, _ := count(); got[0]+got[1] != 65_535 {
		t.Errorf("%d bytes were sent, want the rest of the windows of both streams", got)
	}
	_ = s.WriteSettings(wire.Setting{ID: wire.SettingInitialWindowSize, Val: 99_999})
	c.receive(s.Bytes(), 1<<20, false)
	if got, ended := count(); got != [2]int{99_999 - 65_535, 99_999 - 65_535} || ended[0] || ended[1] {
		t.Errorf("%d bytes were sent, want %d each by the larger initial window", got, 99_999-65_535)
	}
	s.Reset()
	_ = s.WriteWindowUpdate(1, 1)
	_ = s.WriteSettings(wire.Setting{ID: wire.SettingInitialWindowSize, Val: 0})
	_ = s.WriteWindowUpdate(3, 99_999)
	c.receive(s.Bytes(), 1<<20, false)
	if got, ended := count(); got != [2]int{} || ended != [2]bool{} {
		t.Errorf("%d bytes were sent, want none: the windows are negative or 0", got)
	}
	s.Reset()
	_ = s.WriteWindowUpdate(3, 1)
	s.answer(1, "enough")
	c.receive(s.Bytes(), 1<<20, false)
	if got, ended := count(); got != [2]int{0, 1} || ended != [2]bool{false, true} || len(c.log) != 1 {
		t.Errorf("%d bytes were sent, want the last one of the second stream; events %q", got, c.log)
	}
}

func TestAnEarlyAnswerEndsTheBody(t *testing.T) {
	c := newClient(t, defaults(), post(100_000), 1)
	c.sent(t)
	c.receive(newScript().answer(1, "enough").Bytes(), 1<<20, false)
	if diff := cmp.Diff([]string{"SETTINGS ack", "RST_STREAM 1 CANCEL"}, c.sent(t)); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
}

func TestWindowsAreGivenBack(t *testing.T) {
	const part = 16 << 10
	config := defaults()
	c := newClient(t, config, get, 1)
	s := newScript().head(1, false, ":status", "500") // its body is not kept
	for range 8 {
		s.data(1, false, strings.Repeat("x", part))
	}
	c.sent(t)
	c.receive(s.data(1, true, "").Bytes(), 1000, false)
	want := []string{"SETTINGS ack"}
	for range 4 {
		want = append(want, fmt.Sprintf("WINDOW_UPDATE 1 %d", 2*part))
	}
	if diff := cmp.Diff(want, c.sent(t)); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
	if got := c.streams[0].Size(); got != 8*part || len(c.streams[0].Body()) > 0 {
		t.Errorf("%d bytes, %d of them kept; want %d and none", got, len(c.streams[0].Body()), 8*part)
	}
}

func TestPaddingTakesNothingOfAKeptBody(t *testing.T) {
	c := newClient(t, defaults(), get, 1)
	s := newScript().head(1, false, ":status", "200", "content-length", "2000")
	for range 2000 {
		_ = s.WriteDataPadded(1, false, []byte("x"), make([]byte, 200))
	}
	c.receive(s.data(1, true, "").Bytes(), 1000, false)
	if len(c.log) != 1 || len(c.streams[0].Body()) != 2000 {
		t.Errorf("%q, %d bytes; want a whole answer of 2000", c.log, len(c.streams[0].Body()))
	}
}

// A server that makes the table of header fields one of no bytes, as nginx does once it has been sent a size, is understood.
func TestTheTableOfHeaderFieldsMayBeGivenUp(t *testing.T) {
	c := http2.New(defaults())
	framer := wire.NewFramer(nil, bytes.NewReader(c.Unsent()[len(wire.ClientPreface):]))
	frame, err := framer.ReadFrame()
	settings, is := frame.(*wire.SettingsFrame)
	if err != nil || !is {
		t.Fatalf("the connection begins with %v, %v, want SETTINGS", frame, err)
	}
	if size, sent := settings.Value(wire.SettingHeaderTableSize); !sent || size != 4096 {
		t.Errorf("the table has %d bytes, want that 4096 are sent: nginx keeps it otherwise", size)
	}
	s := newScript()
	if _, err := c.Feed(s.Bytes()); err != nil {
		t.Fatal(err)
	}
	var streams [3]http2.Stream
	for i := range streams {
		s.Reset()
		c.OpenStream(&streams[i], http2.NewForm(get), "/", "")
		block := inTheWayOfNginx()
		if i == 0 {
			block = append([]byte{0x20}, block...) // RFC 7541, section 6.3
		}
		id := uint32(2*i + 1)
		_ = s.WriteHeaders(wire.HeadersFrameParam{StreamID: id, BlockFragment: block, EndHeaders: true})
		s.data(id, true, `{"message":"hello"}`)
		events, err := c.Feed(s.Bytes())
		if err != nil || len(events) != 1 || events[0].Kind != http2.Done || streams[i].Size() != 19 {
			t.Fatalf("request %d: %+v, %v, want an answer of 19 bytes", i, events, err)
		}
	}
}
