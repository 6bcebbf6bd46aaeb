package network

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"

	"golang.org/x/net/proxy"

	"sweetspot/strategies/http1"
)

// ErrProxyRefused is wrapped by the error of a dial if the proxy has answered that it does not connect to the host: because of
// the login, of its rules, or because it cannot.
var ErrProxyRefused = errors.New("the proxy refuses")

var errProxyClosed = fmt.Errorf("it closed the connection without an answer: %w", io.EOF)

// throughProxy asks the route's proxy for a tunnel to the host and port of address, over a connection to the proxy.
func (n *Network) throughProxy(conn net.Conn, address string) error {
	through := n.route.Proxy
	var err error
	if through.Scheme == "socks5" {
		err = socks(conn, through, address)
	} else {
		err = connectTunnel(conn, through, address)
	}
	if err != nil {
		return fmt.Errorf("proxy %s: %w", n.route.ProxyName(), err)
	}
	return nil
}

// secureProxy makes the TLS handshake with a proxy of scheme https.
func (n *Network) secureProxy(conn net.Conn) (net.Conn, error) {
	config := &tls.Config{InsecureSkipVerify: n.insecure, ServerName: n.route.Proxy.Hostname(), NextProtos: []string{"http/1.1"}}
	if n.route.Authorities != nil {
		config.RootCAs = n.route.Authorities.Pool
	}
	secured := tls.Client(conn, config)
	if err := secured.Handshake(); err != nil {
		return nil, &TLSError{fmt.Errorf("proxy %s: TLS handshake: %w", n.route.ProxyName(), err)}
	}
	return secured, nil
}

// connectTunnel makes a CONNECT request (RFC 9110, section 9.3.6).
func connectTunnel(conn net.Conn, through *url.URL, address string) error {
	request := "CONNECT " + address + " HTTP/1.1\r\nHost: " + address + "\r\n"
	if login := login(through); login != "" {
		request += "Proxy-Authorization: " + login + "\r\n"
	}
	if _, err := io.WriteString(conn, request+"\r\n"); err != nil {
		return err
	}
	status, err := readTunnelAnswer(conn)
	switch {
	case err != nil:
		return err
	case status/100 == 2:
		return nil
	case status == 407 && through.User == nil:
		return fmt.Errorf("%w: status 407: it wants a login: want a name and a password in its URL", ErrProxyRefused)
	case status == 407:
		return fmt.Errorf("%w: status 407: it does not accept the login in its URL: want the right name and password", ErrProxyRefused)
	}
	return fmt.Errorf("%w to connect to %s: status %d", ErrProxyRefused, address, status)
}

// readTunnelAnswer reads the answer to a CONNECT request, byte by byte, since what follows belongs to the tunnel.
func readTunnelAnswer(conn io.Reader) (status int, err error) {
	var answer http1.Parser
	answer.Reset(true) // an answer that opens a tunnel has no body, and that of another is not wanted
	one := make([]byte, 1)
	for {
		n, err := conn.Read(one)
		if n > 0 {
			_, done, err := answer.Feed(one)
			if done || err != nil {
				return answer.Status(), err
			}
			continue
		}
		switch {
		case err != io.EOF:
			return 0, err
		case answer.End() == io.EOF:
			return 0, errProxyClosed
		default:
			return 0, fmt.Errorf("it closed the connection within its answer: %w", io.ErrUnexpectedEOF)
		}
	}
}

// socks asks for a tunnel by SOCKS version 5 (RFC 1928 and 1929). The caller ends it by closing conn.
func socks(conn net.Conn, through *url.URL, address string) error {
	var login *proxy.Auth
	if through.User != nil {
		password, _ := through.User.Password()
		login = &proxy.Auth{User: through.User.Username(), Password: password}
	}
	dialer, err := proxy.SOCKS5("tcp", through.Host, login, connected{conn})
	if err != nil {
		return err
	}
	_, err = dialer.Dial("tcp", address)
	if err == nil {
		return nil
	}
	if operation := new(net.OpError); errors.As(err, &operation) && strings.HasPrefix(operation.Op, "socks") {
		err = operation.Err // the rest names the proxy and the address
	}
	return socksFault(err, through)
}

// connected is a dialer that has connected already.
type connected struct{ net.Conn }

// Dial implements [proxy.Dialer].
func (c connected) Dial(string, string) (net.Conn, error) { return c.Conn, nil }

// socksFault returns the error of SOCKS as one that says whose fault it is. The library gives no types to its own.
func socksFault(err error, through *url.URL) error {
	text := strings.TrimPrefix(err.Error(), "unknown error ")
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errProxyClosed
	case errors.As(err, new(*net.OpError)), errors.As(err, new(interface{ Timeout() bool })):
		return err
	case strings.HasPrefix(text, "unexpected protocol version"), strings.HasPrefix(text, "non-zero"), strings.HasPrefix(text, "unknown address type"):
		return fmt.Errorf("%w: its answer is not that of SOCKS version 5: %s", http1.ErrMalformed, text)
	case strings.HasPrefix(text, "no acceptable authentication") && through.User == nil:
		return fmt.Errorf("%w: it wants a login: want a name and a password in its URL", ErrProxyRefused)
	case strings.Contains(text, "authentication"):
		return fmt.Errorf("%w: it does not accept the login in its URL: want the right name and password", ErrProxyRefused)
	}
	return fmt.Errorf("%w: %s", ErrProxyRefused, text)
}
