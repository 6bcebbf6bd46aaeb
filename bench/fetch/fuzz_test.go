package fetch

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/temoto/robotstxt"
)

// FuzzOutput reads any bytes as an output: it is refused, or what is kept of it is read in the same way again.
func FuzzOutput(f *testing.F) {
	f.Add([]byte("{\"index\":0,\"final\":true}\n{\"index\":1,\"final\":true,\"error\":{},\"warc\":{\"offset\":1,\"length\":2}}\n{\"ind"))
	f.Add([]byte("{\"index\":1e0,\"final\":true}\n\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		again := func(l outputLine) bool { return l.Error != nil }
		var kept bytes.Buffer
		w, err := readOutput(bytes.NewReader(text), 10, again, func(line []byte) error { kept.Write(line); return nil })
		if err != nil {
			return
		}
		twice, err := readOutput(&kept, 10, again, nil)
		if err != nil || twice.succeeded != w.succeeded || twice.dropped != 0 || twice.torn != 0 || w.size+w.torn != int64(len(text)) {
			t.Errorf("%+v, then %+v, %v", w, twice, err)
		}
	})
}

// FuzzRobots has every robots.txt read, whatever is wrong with it.
func FuzzRobots(f *testing.F) {
	f.Add([]byte("User-agent: *\nDisallow: /a\nCrawl-delay: x\nAllow\n: \n"))
	f.Add([]byte("Disallow: /\nuser-agent:\nALLOW: /*$ # x\n\x00user-agent: b\rDisallow: [\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		found, err := robotstxt.FromBytes(readable(text))
		if err != nil {
			t.Fatalf("%v in %q", err, readable(text))
		}
		r := rules{found.FindGroup("sweetspot")}
		r.allow("http://a/b?c")
	})
}

// FuzzBody has any body and header written into a line, which must be a line of JSON that says the same.
func FuzzBody(f *testing.F) {
	f.Add([]byte("{\"a\": 1}"), "application/json", true)
	f.Add([]byte("\xff\u2028\n"), "text/plain\xff", false)
	f.Fuzz(func(t *testing.T, body []byte, kind string, asJSON bool) {
		line := append(appendBody(appendMember([]byte(`{"index":1`), "type", kind), asJSON, body), '}')
		var read struct {
			JSON   json.RawMessage
			Text   string
			Base64 []byte
		}
		if err := json.Unmarshal(line, &read); err != nil || bytes.ContainsAny(line, "\n\r") {
			t.Fatalf("%v in %q", err, line)
		}
		var compact bytes.Buffer
		if read.JSON != nil && (json.Compact(&compact, body) != nil || !bytes.Equal(compact.Bytes(), read.JSON)) ||
			read.JSON == nil && read.Text+string(read.Base64) != string(body) {
			t.Errorf("%q is read as %+v", body, read)
		}
	})
}

// FuzzRetryAfter reads any value: never as a time that is not one.
func FuzzRetryAfter(f *testing.F) {
	f.Add("7")
	f.Add("Fri, 27 Nov 2026 12:01:00 GMT")
	f.Fuzz(func(t *testing.T, value string) {
		if got := retryAfter(value, time.Unix(1e9, 0)); got < -1 {
			t.Errorf("%q: %v", value, got)
		}
	})
}
