package server

import (
	"context"
	"net"
	"net/http"
	"sync/atomic"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"
)

// packets serves the connections of HTTP/3, which quic-go speaks.
type packets struct {
	server *http3.Server
	udp    *net.UDPConn
	number atomic.Int64 // of the latest connection

	ctx    context.Context // ends with cutOff
	cutOff context.CancelFunc
}

// linkKey is the key under which the context of a request of HTTP/3 holds the *link of its connection.
type linkKey struct{}

// newPackets listens at the UDP port with the number of the TCP port.
func (s *Server) newPackets(at *net.TCPAddr) (*packets, error) {
	udp, err := net.ListenUDP("udp", &net.UDPAddr{IP: at.IP, Port: at.Port, Zone: at.Zone})
	if err != nil {
		return nil, err
	}
	p := &packets{udp: udp}
	p.ctx, p.cutOff = context.WithCancel(context.Background())
	p.server = &http3.Server{
		TLSConfig:  s.tls,
		QUICConfig: &quic.Config{MaxIncomingStreams: int64(s.config.MaxStreams)},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			s.serveStream(w, r, r.Context().Value(linkKey{}).(*link))
		}),
		ConnContext: func(ctx context.Context, _ *quic.Conn) context.Context {
			return context.WithValue(ctx, linkKey{}, &link{protocol: overHTTP3, shard: int(p.number.Add(1)) % shardCount})
		},
	}
	return p, nil
}

// serve returns when stop has ended all connections.
func (p *packets) serve() { p.server.Serve(p.udp) }

// stop announces the end of the connections by GOAWAY, and waits until their requests have been answered and the clients have
// closed them. cutOff ends that.
func (p *packets) stop() {
	p.server.Shutdown(p.ctx)
	p.cutOff()
	p.udp.Close()
}
