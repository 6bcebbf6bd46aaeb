package strategies

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"sweetspot/strategies/streams"
)

// openConn is the part of a connection that all tests have in common.
type openConn struct{}

func (openConn) Streams() int          { return 1 }
func (openConn) Reserve() streams.Room { return streams.Open }
func (openConn) Close() error          { return nil }

// lingering is a connection that never answers. As net/http does, it still uses a request after RoundTrip has returned with a timeout.
type lingering struct {
	openConn
	uses []*http.Request
}

func (l *lingering) RoundTrip(r *http.Request) (*http.Response, error) {
	l.uses = append(l.uses, r)
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestMultiplexedLeavesARequestAloneThatHasTimedOut(t *testing.T) {
	for name, body := range map[string]string{"without a body": "", "with a body": "x"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				conn := &lingering{}
				target := Target{Timeout: time.Second, Body: []byte(body)}.InProcess()
				s := newMultiplexedStack(target, 1, func(context.Context, *url.URL, func()) (multiplexedConn, error) { return conn, nil })
				defer s.Close()
				caller := s.Caller()
				caller.Do(&Request{URL: "http://me:secret@a.test/"})
				first := *conn.uses[0]
				first.Header = first.Header.Clone()
				s.cookies.Set(&url.URL{Scheme: "http", Host: "b.test", Path: "/"}, "a=b")
				caller.Do(&Request{URL: "http://b.test/"})
				if got := conn.uses[0]; !reflect.DeepEqual(got.Header, first.Header) || got.URL != first.URL {
					t.Errorf("the first request has %v of %v now, want %v of %v", got.Header, got.URL, first.Header, first.URL)
				}
				if got := conn.uses[1].Header; got.Get("Authorization") != "" || got.Get("Cookie") != "a=b" {
					t.Errorf("the second request has %v", got)
				}
			})
		})
	}
}

// earlyConn answers each request before it reads the request's body, and keeps the request.
type earlyConn struct {
	openConn
	kept []*http.Request
}

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
