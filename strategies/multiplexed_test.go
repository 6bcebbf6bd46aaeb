package strategies

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	"sweetspot/strategies/streams"
)

// earlyConn answers each request before it reads the request's body, and keeps the request.
type earlyConn struct{ kept []*http.Request }

func (*earlyConn) Streams() int          { return 1 }
func (*earlyConn) Reserve() streams.Room { return streams.Open }
func (*earlyConn) Close() error          { return nil }

func (c *earlyConn) RoundTrip(r *http.Request) (*http.Response, error) {
	c.kept = append(c.kept, r)
	return &http.Response{StatusCode: http.StatusRequestEntityTooLarge, Body: http.NoBody}, nil
}

func TestAConnectionMaySendABodyAfterItsResponse(t *testing.T) {
	conn := &earlyConn{}
	stack := newMultiplexedStack(Target{Timeout: time.Minute, DialTimeout: time.Minute, Method: http.MethodPost}, 1,
		func(context.Context, *url.URL, func()) (multiplexedConn, error) { return conn, nil })
	defer stack.Close()
	caller := stack.Caller()
	bodies := []string{"first", "the second", "third"}
	for _, body := range bodies {
		caller.Do(&Request{URL: "https://host.test/", Message: &Message{Body: []byte(body)}})
	}
	for i, r := range conn.kept {
		if got, err := io.ReadAll(r.Body); err != nil || string(got) != bodies[i] || r.ContentLength != int64(len(bodies[i])) {
			t.Errorf("request %d sends %q of %d bytes, %v; want %q", i, got, r.ContentLength, err, bodies[i])
		}
	}
}
