package strategies_test

import (
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
