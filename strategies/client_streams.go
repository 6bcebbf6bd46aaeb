package strategies

import (
	"context"
	"crypto/tls"
	"errors"
	"net/url"
	"sync"

	"sweetspot/strategies/network"
	"sweetspot/strategies/streams"
)

func init() {
	RegisterClient(NetHTTP2)
	RegisterClient(QUICHTTP3)
}

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

// QUICHTTP3 is quic-go's client of HTTP/3.
var QUICHTTP3 = Client{
	Name:     "http3",
	Doc:      "HTTP/3 by quic-go: requests share connections over UDP; for https only",
	Protocol: HTTP3,
	Traits:   Traits{Cannot: []Setting{HTTPProxySetting, HTTPSProxySetting, SOCKSProxySetting, UnixSetting}},
	Open: func(target Target, n *network.Network, limit int) Stack {
		return newMultiplexedStack(target, limit, openHTTP3(n, target))
	},
}

// errNotSecure is the error of a URL over http for HTTP/3.
var errNotSecure = errors.New("HTTP/3 is spoken over https only: want an https URL")

func openHTTP3(n *network.Network, target Target) opener {
	secure := target.TLS(HTTP3)
	var (
		mu    sync.Mutex
		known = map[string]int{} // how many streams the servers allow, by address
	)
	return func(ctx context.Context, to *url.URL, _ func()) (multiplexedConn, error) {
		if to.Scheme != "https" {
			return nil, errNotSecure
		}
		address := addressOf(to)
		mu.Lock()
		most := known[address]
		mu.Unlock()
		if most == 0 {
			var err error
			if most, err = streams.StreamsHTTP3(ctx, n, address, secure); err != nil {
				return nil, err
			}
			mu.Lock()
			known[address] = most
			mu.Unlock()
		}
		conn, err := streams.OpenHTTP3(ctx, n, address, secure, most)
		if err != nil {
			return nil, err // not a nil *streams.HTTP3
		}
		return conn, nil
	}
}
