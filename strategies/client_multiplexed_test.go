package strategies

import (
	"context"
	"net/http"
	"net/url"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"sweetspot/strategies/streams"
)

// lingering is a connection that never answers. As net/http does, it still uses a request after RoundTrip has returned with a timeout.
type lingering struct{ uses []*http.Request }

func (*lingering) Streams() int          { return 1 }
func (*lingering) Reserve() streams.Room { return streams.Open }
func (*lingering) Close() error          { return nil }

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
