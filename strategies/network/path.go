package network

import (
	"bytes"
	"net"
)

// A path is how a connection gets to a host.
type path struct {
	socket     string // a Unix socket's path; if it is empty,
	host, port string // the address to connect to: the host's or the proxy's
	tunnel     string // the host:port to which the proxy is asked for a tunnel; empty for none
	origin     string // what precedes the path in the request line, as a proxy wants it; empty without a proxy or in a tunnel
}

// path returns the path to a host. Secure says that there will be TLS to it.
func (n *Network) path(host, port string, secure bool) path {
	r := n.route
	if r.UnixSocket != "" {
		return path{socket: r.UnixSocket}
	}
	toHost, toPort, elsewhere := r.detour(host, port)
	if r.Proxy == nil {
		return path{host: toHost, port: toPort}
	}
	p := path{host: r.Proxy.Hostname(), port: r.Proxy.Port()}
	if secure || elsewhere || n.tunnels || r.Proxy.Scheme == "socks5" {
		p.tunnel = net.JoinHostPort(toHost, toPort)
	} else {
		p.origin = "http://" + authority(host, port)
	}
	return p
}

// authority returns host:port as in a URL with the scheme http.
func authority(host, port string) string {
	if port == "80" {
		return bracket(host)
	}
	return net.JoinHostPort(host, port)
}

// An absoluteForm rewrites the requests on a connection to a proxy as RFC 9112, section 3.2.2, says: the request line names the
// whole URL. The login for the proxy is the first header.
type absoluteForm struct {
	origin string
	field  string // a whole line, or empty
	phase  rewriting
	buffer []byte
}

// rewriting is what an absoluteForm looks for next.
type rewriting uint8

const (
	methodEnd rewriting = iota
	lineEnd
	nothing
)

func newAbsoluteForm(origin, login string) *absoluteForm {
	f := &absoluteForm{origin: origin}
	if login != "" {
		f.field = "Proxy-Authorization: " + login + "\r\n"
	}
	return f
}

// begin expects the beginning of a request.
func (f *absoluteForm) begin() { f.phase = methodEnd }

// rewrite returns the next part of a request as it must be sent. It is valid until the next call.
func (f *absoluteForm) rewrite(p []byte) []byte {
	f.buffer = f.buffer[:0]
	for f.phase != nothing {
		mark, insertion := byte(' '), f.origin
		if f.phase == lineEnd {
			mark, insertion = '\n', f.field
		}
		end := bytes.IndexByte(p, mark) + 1
		if end == 0 {
			break
		}
		f.buffer = append(append(f.buffer, p[:end]...), insertion...)
		p = p[end:]
		f.phase++
	}
	if len(f.buffer) == 0 {
		return p
	}
	f.buffer = append(f.buffer, p...)
	return f.buffer
}
