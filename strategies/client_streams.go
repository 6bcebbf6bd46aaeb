package strategies

import (
	"context"
	"crypto/tls"
	"net/url"

	"sweetspot/strategies/network"
	"sweetspot/strategies/streams"
)

func init() { RegisterClient(NetHTTP2) }

// NetHTTP2 is the client of the standard library for HTTP/2.
var NetHTTP2 = Client{
	Name:     "http2",
	Doc:      "HTTP/2 by the standard library: requests share connections",
	Protocol: HTTP2,
	Open: func(target Target, n *network.Network, limit int) Stack {
		return newMultiplexedStack(target, limit, openHTTP2(n, target))
	},
}

func openHTTP2(n *network.Network, target Target) opener {
	secure := target.TLS(HTTP2)
	return func(ctx context.Context, to *url.URL, changed func()) (multiplexedConn, error) {
		var config *tls.Config
		if to.Scheme == "https" {
			config = secure
		}
		conn, err := streams.OpenHTTP2(ctx, n, addressOf(to), config, changed)
		if err != nil {
			return nil, err // not a nil *streams.HTTP2
		}
		return conn, nil
	}
}
