package strategies_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"sweetspot/strategies"
)

func TestConnectionsAreAsFewAsTheStreamsAllow(t *testing.T) {
	for _, c := range []struct {
		protocol             strategies.Protocol
		limit, streams, want int
	}{
		{strategies.HTTP1, 60, 0, 60},
		{strategies.HTTP1, 60, 10, 60},
		{strategies.HTTP2, 60, 0, 1},
		{strategies.HTTP2, 60, 1, 60},
		{strategies.HTTP2, 60, 10, 6},
		{strategies.HTTP2, 61, 10, 7},
		{strategies.HTTP2, 1, 10, 1},
		{strategies.HTTP3, 5, 100, 1},
	} {
		if got := c.protocol.Connections(c.limit, c.streams); got != c.want {
			t.Errorf("%v, limit %d with %d streams: %d connections, want %d", c.protocol, c.limit, c.streams, got, c.want)
		}
	}
}

func TestPairsSpeakTheProtocolOfTheirClient(t *testing.T) {
	s, err := strategies.Get("pool+fasthttp")
	if err != nil {
		t.Fatal(err)
	}
	if got := strategies.ProtocolOf(s); got != strategies.HTTP1 {
		t.Errorf("got %v, want %v", got, strategies.HTTP1)
	}
}

func TestSpeaksTellsWhatAServerSpeaks(t *testing.T) {
	target := strategies.Target{Insecure: true}
	for _, speaks := range []bool{true, false} {
		for _, secure := range []bool{true, false} {
			srv := httptest.NewUnstartedServer(http.NotFoundHandler())
			srv.EnableHTTP2 = speaks
			srv.Config.Protocols = new(http.Protocols)
			srv.Config.Protocols.SetHTTP1(true)
			srv.Config.Protocols.SetHTTP2(speaks)
			srv.Config.Protocols.SetUnencryptedHTTP2(speaks)
			if secure {
				srv.StartTLS()
			} else {
				srv.Start()
			}
			if err := target.Speaks(t.Context(), strategies.HTTP2, srv.URL); (err == nil) != speaks {
				t.Errorf("HTTP/2 %v, TLS %v: got %v", speaks, secure, err)
			}
			if err := target.Speaks(t.Context(), strategies.HTTP1, srv.URL); err != nil {
				t.Errorf("HTTP/1.1: got %v", err)
			}
			srv.Close()
			if err := target.Speaks(t.Context(), strategies.HTTP2, srv.URL); err != nil {
				t.Errorf("a server that is gone: got %v, want that it is not known", err)
			}
		}
	}
}
